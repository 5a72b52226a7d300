/** What Deflate (RFC 1951) packed, with whatever its frame is, whole or up to the damage. */
import type { CompressedInput } from './compressed-input.ts';
import { StepDecoder, type ZlibStream } from './step-decoder.ts';

type MakeDecoder = () => ZlibStream;

/** What a decoder may hand out at a time. */
export const OUTPUT = 2 ** 20;
/** Deflate makes at most 1032 times of it, which must fit into memory at once. */
const PIECE = 64 * 1024;
/** Small enough to be fed octet by octet. */
const NEAR = 256;

/**
 * Reads to the end that the format has, or the input; it stands behind that end then. Throws where the octets are
 * damaged or cut; all that could be decompressed before is handed out first.
 */
export async function* inflated(make: MakeDecoder, input: CompressedInput): AsyncIterable<Uint8Array> {
  const decoder = new StepDecoder(make());
  let made = 0;
  try {
    while (!decoder.ended) {
      const at = input.position;
      const step = await nextStep(decoder, input);
      for (const chunk of step.output) {
        made += chunk.length;
        yield chunk;
      }
      if (step.error === null) continue;
      const cut = input.position === at;
      if (!cut) yield* upToDamage(make, input, at, made);
      throw step.error;
    }
    input.position = decoder.consumed;
  } finally {
    decoder.close();
  }
}

interface Step {
  readonly output: readonly Uint8Array[];
  readonly error: Error | null;
}

async function nextStep(decoder: StepDecoder, input: CompressedInput): Promise<Step> {
  const piece = input.next(PIECE);
  try {
    return { output: await (piece.length === 0 ? decoder.finish() : decoder.write(piece)), error: null };
  } catch (error) {
    return { output: [], error: error as Error };
  }
}

/**
 * A decoder keeps what it made of the piece that it failed in. So another one is fed all from the start, but for the
 * octet that makes it fail, which a scout before it finds. The failing piece begins at `damaged`; the first `made`
 * octets of the output have been handed out.
 */
async function* upToDamage(
  make: MakeDecoder,
  input: CompressedInput,
  damaged: number,
  made: number,
): AsyncIterable<Uint8Array> {
  const decoder = new StepDecoder(make());
  const scout = new StepDecoder(make());
  const unseen = behind(made);
  try {
    input.position = 0;
    while (input.position < damaged) {
      const piece = input.next(Math.min(damaged - input.position, PIECE));
      const [output] = await Promise.all([decoder.write(piece), scout.write(piece)]);
      yield* unseen(output);
    }
    yield* whileSound(input, NEAR, scout, async (piece) => unseen(await decoder.write(piece)));
    yield* whileSound(input, 1, decoder, async (_, output) => unseen(output));
  } finally {
    decoder.close();
    scout.close();
  }
}

/** Feeds the decoder until it fails; the input stands before the piece that it failed in. */
async function* whileSound(
  input: CompressedInput,
  length: number,
  decoder: StepDecoder,
  take: (piece: Uint8Array, output: Uint8Array[]) => Promise<Uint8Array[]>,
): AsyncIterable<Uint8Array> {
  for (let at = input.position, piece = input.next(length); piece.length > 0; piece = input.next(length)) {
    let output: Uint8Array[];
    try {
      output = await decoder.write(piece);
    } catch {
      input.position = at;
      return;
    }
    yield* await take(piece, output);
    at = input.position;
  }
}

/** Takes the first octets of an output away. */
function behind(octets: number): (output: Uint8Array[]) => Uint8Array[] {
  let left = octets;
  return (output) =>
    output.map((chunk) => {
      const skipped = Math.min(left, chunk.length);
      left -= skipped;
      return chunk.subarray(skipped);
    });
}
