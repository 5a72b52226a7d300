/**
 * The tree that a report becomes for people. It is made once (`page.ts`); text, Markdown and HTML only differ in how
 * they draw it. Every string in it is raw: a renderer escapes all of them for its own medium.
 */
export type Inline = string | { readonly code: string } | { readonly strong: string };
export type Text = readonly Inline[];

export type Tone = 'critical' | 'warning' | 'info' | 'good' | 'plain';

export interface Paragraph {
  readonly kind: 'paragraph';
  readonly text: Text;
}

/** Steps to take one after the other, or points; each one or more lines, the first of them leads. */
export interface List {
  readonly kind: 'list';
  readonly ordered: boolean;
  readonly items: readonly (readonly Text[])[];
}

/** Labels with their values; many small figures have a caption, and may be run together under it. */
export interface Facts {
  readonly kind: 'facts';
  readonly caption: string | null;
  readonly items: readonly { readonly label: string; readonly text: Text }[];
}

export interface Table {
  readonly kind: 'table';
  readonly caption: string;
  readonly columns: readonly { readonly label: string; readonly numeric: boolean }[];
  readonly rows: readonly (readonly Text[])[];
  /** Of the rows there are; `rows` may hold fewer, and a renderer may show fewer still. */
  readonly total: number;
}

export interface Bars {
  readonly kind: 'bars';
  readonly caption: string;
  /** `share` of the full width, 0 to 1; `text` says the figure itself. */
  readonly bars: readonly {
    readonly label: string;
    readonly share: number;
    readonly text: string;
    readonly tone: Tone;
  }[];
  /** Where a line is drawn across, as a share, and what it means. */
  readonly mark: { readonly share: number; readonly label: string } | null;
}

/** To be pasted elsewhere as it is. */
export interface Code {
  readonly kind: 'code';
  readonly label: string;
  readonly text: string;
}

/** What only a reader who doubts opens; a medium that cannot fold leaves it out. */
export interface Fold {
  readonly kind: 'fold';
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface Section {
  readonly kind: 'section';
  readonly id: string;
  readonly title: string;
  /** A few words beside the title, each in a tone. */
  readonly tags: readonly { readonly text: string; readonly tone: Tone }[];
  readonly blocks: readonly Block[];
}

export type Block = Paragraph | List | Facts | Table | Bars | Code | Fold | Section;

export interface Link {
  readonly label: string;
  readonly href: string;
}

export interface Page {
  readonly verdict: {
    readonly code: string;
    readonly headline: string;
    readonly tone: Tone;
    /** The host and time that the verdict is about, and how far it can be trusted. */
    readonly tags: Section['tags'];
  };
  readonly figures: Facts['items'];
  readonly sections: readonly Section[];
  readonly links: readonly Link[];
}

export const paragraph = (...text: Inline[]): Paragraph => ({ kind: 'paragraph', text });

export const facts = (caption: string | null, items: Facts['items']): Facts => ({ kind: 'facts', caption, items });

export const fold = (title: string, blocks: readonly Block[]): Fold => ({ kind: 'fold', title, blocks });

export function section(id: string, title: string, blocks: readonly Block[], tags: Section['tags'] = []): Section {
  return { kind: 'section', id, title, blocks, tags };
}

/** A label that begins with # is a column of numbers. */
export function table(caption: string, labels: readonly string[], rows: readonly Text[][], total: number): Table {
  const columns = labels.map((label) => ({ label: label.replace(/^#/, ''), numeric: label.startsWith('#') }));
  return { kind: 'table', caption, columns, rows, total };
}
