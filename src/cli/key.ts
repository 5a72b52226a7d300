import { PortledgerError } from '../errors.ts';
import { createKey } from '../http/keys.ts';

const HELP = `portledger key [NAME]

Prints a new API key, which is shown this once, and the entry NAME:sha256 that goes into API_KEY_HASHES.
The name is for the logs; without one the key is named after its hash.
`;

export async function key(args: string[]): Promise<number> {
  const [name] = args;
  if (name === '--help' || name === '-h') {
    process.stdout.write(HELP);
    return 0;
  }
  if (args.length > 1 || name?.startsWith('-')) throw new PortledgerError('usage', 'key takes one NAME');
  const { key, entry } = createKey(name);
  process.stdout.write(`${key}\n${entry}\n`);
  return 0;
}
