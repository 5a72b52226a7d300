/** Zip archives, octet by octet (APPNOTE.TXT of PKWARE sections 4.3.7, 4.3.12 and 4.3.16). */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipMember {
  name: string;
  content: Uint8Array;
  deflated?: boolean;
}

export function zipOf(members: readonly ZipMember[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, deflated = true } of members) {
    const packed = deflated ? deflateRawSync(content) : Buffer.from(content);
    const fields = { name: Buffer.from(name), packed, content, deflated, offset };
    const local = Buffer.concat([header(0x04034b50, fields), fields.name, packed]);
    parts.push(local);
    directory.push(Buffer.concat([header(0x02014b50, fields), fields.name]));
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  return Buffer.concat([...parts, listed, endOf(members.length, listed.length, offset)]);
}

interface Fields {
  name: Buffer;
  packed: Buffer;
  content: Uint8Array;
  deflated: boolean;
  offset: number;
}

/** A local header, or an entry of the central directory: the same fields between what only one of them has. */
function header(signature: 0x04034b50 | 0x02014b50, { name, packed, content, deflated, offset }: Fields): Buffer {
  const central = signature === 0x02014b50;
  const start = Buffer.alloc(central ? 8 : 6);
  start.writeUInt32LE(signature, 0);
  start.writeUInt16LE(20, central ? 6 : 4);
  const common = Buffer.alloc(22);
  common.writeUInt16LE(deflated ? 8 : 0, 2);
  common.writeUInt32LE(crc32(content), 8);
  common.writeUInt32LE(packed.length, 12);
  common.writeUInt32LE(content.length, 16);
  common.writeUInt16LE(name.length, 20);
  const rest = Buffer.alloc(central ? 16 : 2);
  if (central) rest.writeUInt32LE(offset, 12);
  return Buffer.concat([start, common, rest]);
}

function endOf(members: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members, 8);
  end.writeUInt16LE(members, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}
