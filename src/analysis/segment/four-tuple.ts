/** Multiplications between the words: with xor alone neighbouring hosts and ports fall into one run of slots. */
export function tupleHash(left: number, right: number, ports: number): number {
  let hash = Math.imul(left ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ right, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ ports, 0x27d4eb2f);
  return hash ^ (hash >>> 16);
}
