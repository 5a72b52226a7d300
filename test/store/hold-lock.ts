/** A process of its own for the test of the lock: tells on standard output whether it got the folder, and stays. */
import { lockDirectory } from '../../src/store/directory-lock.ts';

try {
  await lockDirectory(process.argv[2]!);
  process.stdout.write('locked\n');
} catch (error) {
  process.stdout.write(`${(error as { code: string }).code}\n`);
}
setInterval(() => undefined, 60_000);
