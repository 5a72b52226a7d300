/** Opens the captures of one analysis: a file is one, a zip archive as many as it holds. */
import { type CaptureFile, openCaptureFile } from './capture-file.ts';

export interface CapturePlace {
  readonly path: string;
  readonly name: string;
}

export interface OpenCapture {
  /** Index of the file that holds it. */
  readonly place: number;
  readonly name: string;
  readonly file: CaptureFile;
}

/** In the order of the report. Throws for a file that cannot be opened, and an archive that cannot be read. */
export async function openCaptures(places: readonly CapturePlace[]): Promise<OpenCapture[]> {
  return (await Promise.all(places.map(openPlace))).flat();
}

async function openPlace({ path, name }: CapturePlace, place: number): Promise<OpenCapture[]> {
  const file = openCaptureFile(path, name);
  if (file.compression !== 'zip') return [{ place, name, file }];
  file.close();
  const { openArchive } = await import('./zip-archive.ts');
  return (await openArchive(path, name)).map((archived) => ({ place, ...archived }));
}

/** What the report tells of a capture before it is read. */
export type CaptureFacts = Pick<OpenCapture, 'place' | 'name'> & Pick<CaptureFile, 'bytes' | 'compression'>;

/** Looks at the captures and closes them again: whoever reads them may do so on another thread. */
export async function captureFacts(places: readonly CapturePlace[]): Promise<CaptureFacts[]> {
  const captures = await openCaptures(places);
  return captures.map(({ place, name, file }) => {
    file.close();
    return { place, name, bytes: file.bytes, compression: file.compression };
  });
}
