import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/** Of Node 20 alone: there `import` asks the thread pool four times for each file. In 22 it is the quicker of the two. */
const REQUIRES = process.version.startsWith('v20.') && process.features.require_module;

/**
 * Loads a module of ours, and all that it imports, the quicker way. For large parts of the program alone: none of their
 * modules may await at its top level.
 */
export async function load<Module>(module: URL): Promise<Module> {
  return REQUIRES ? require(fileURLToPath(module)) : import(module.href);
}
