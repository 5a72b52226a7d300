/** Names that clients give to files. They are shown and never used as a path. */
const MAX_LENGTH = 255;
/** What is cut off before anything is done with a name: to put many combining marks in order takes seconds. */
const MAX_GIVEN = 1024;

/** The last part of a path, without control characters, at most 255 characters; `capture` when nothing is left. */
export function displayName(given: string | undefined): string {
  const name = (given ?? '').split(/[/\\]/).at(-1)!.slice(0, MAX_GIVEN);
  const clean = [
    ...name
      .normalize('NFC')
      .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
      .trim(),
  ]
    .slice(0, MAX_LENGTH)
    .join('');
  return clean === '' || /^\.+$/.test(clean) ? 'capture' : clean.slice(0, MAX_LENGTH);
}

/** The file name of a Content-Disposition field (RFC 6266), the extended form before the plain one. */
export function dispositionName(field: string | undefined): string | undefined {
  if (field === undefined) return undefined;
  const extended = /filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(field)?.[1];
  if (extended !== undefined) return decoded(extended);
  const [, quoted, bare] = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(field) ?? [];
  return quoted?.replace(/\\(.)/g, '$1') ?? bare;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A Content-Disposition field that saves under the name, in both forms. */
export function attachment(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const extended = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${extended}`;
}
