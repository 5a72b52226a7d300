/** Dotted decimal to u32. */
export function v4(text: string): number {
  return text.split('.').reduce((value, octet) => value * 256 + Number(octet), 0);
}
