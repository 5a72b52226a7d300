import type { Frame } from './frame.ts';
import { DONE, IPV4, IPV6, protocolLayer } from './layers.ts';
import { stop, TUNNEL_HEADER_CUT } from './oddities.ts';

/** draft-massar-v6ops-ayiya section 3.1: lengths and kinds in half octets, next header, time; then identity, signature. */
const HEADER = 8;
const NEXT_HEADER_AT = 3;
const FORWARD = 1;

export function ayiya(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < HEADER) return stop(TUNNEL_HEADER_CUT);
  if ((view.getUint8(at + 2) & 0x0f) !== FORWARD) return DONE;
  const identity = 1 << (view.getUint8(at) >>> 4);
  const signature = (view.getUint8(at + 1) >>> 4) * 4;
  frame.offset = at + HEADER + identity + signature;
  const layer = protocolLayer(view.getUint8(at + NEXT_HEADER_AT));
  return layer === IPV4 || layer === IPV6 ? layer : DONE;
}
