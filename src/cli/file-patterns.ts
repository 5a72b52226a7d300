/** The shells of Windows hand `ring_*.pcapng` on as it is; those of other systems have put the names there. */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** In the order of the names. A pattern that fits nothing stays, and is then told as a file that does not exist. */
export function expandPatterns(paths: readonly string[], platform: NodeJS.Platform = process.platform): string[] {
  return platform === 'win32' ? paths.flatMap(expand) : [...paths];
}

/** No file of Windows has these signs in its name. */
function expand(path: string): string[] {
  const pattern = basename(path);
  if (!/[*?]/.test(pattern)) return [path];
  const fits = matcher(pattern);
  const names = namesIn(dirname(path)).filter((name) => fits.test(name));
  return names.length === 0 ? [path] : names.sort().map((name) => join(dirname(path), name));
}

function matcher(pattern: string): RegExp {
  const quoted = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${quoted.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
