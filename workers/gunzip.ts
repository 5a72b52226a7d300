/** gzip (RFC 1952): any number of members, and zeros behind the last, as tapes and disk blocks leave them. */
import { createGunzip } from 'node:zlib';
import type { CompressedInput } from './compressed-input.ts';
import { inflated, OUTPUT } from './inflate.ts';

const PIECE = 64 * 1024;

/** What the file holds. Throws where it is damaged or cut, or goes on behind its last member with anything but zeros. */
export async function* gunzipped(input: CompressedInput): AsyncIterable<Uint8Array> {
  yield* inflated(() => createGunzip({ chunkSize: OUTPUT }), input);
  refuseRest(input);
}

/** The decoder takes zeros behind a member for padding, and stops at them. */
function refuseRest(input: CompressedInput): void {
  for (;;) {
    const at = input.position;
    const rest = input.next(PIECE);
    if (rest.length === 0) return;
    const index = rest.findIndex((octet) => octet !== 0);
    if (index >= 0) throw new Error(`octet ${at + index} of the file is no padding behind its last member`);
  }
}
