/** Zstandard frames whose blocks hold their content as it is (RFC 8878 sections 3.1.1 and 3.1.2). */
const MAX_BLOCK = 128 * 1024;

/** `windowLog` from 10 on; content that is larger than the window is no matter to raw blocks. */
export function zstdFrame(content: Uint8Array, windowLog = 20): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (windowLog - 10) << 3]);
  const blocks: Buffer[] = [];
  for (let at = 0; at === 0 || at < content.length; at += MAX_BLOCK) {
    const part = content.subarray(at, at + MAX_BLOCK);
    const last = at + MAX_BLOCK >= content.length;
    blocks.push(zstdBlockHeader(part.length, last), Buffer.from(part));
  }
  return Buffer.concat([header, ...blocks]);
}

export function zstdBlockHeader(length: number, last: boolean): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE(length * 8 + (last ? 1 : 0), 0, 3);
  return header;
}

/** `kind` is the last of the sixteen magic numbers' digits. */
export function skippableFrame(content: Uint8Array, kind = 0): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(0x184d2a50 + kind, 0);
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content]);
}
