/** Preloaded into a measured process: at its end it tells its peak memory in KiB as the last line of standard error. */
import { writeSync } from 'node:fs';

process.on('exit', () => writeSync(2, `${process.resourceUsage().maxRSS}\n`));
