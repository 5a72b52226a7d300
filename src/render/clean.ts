/** Controls, formats (bidirectional overrides, zero widths), lone surrogates, line and paragraph separators. */
const STEERING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Names and texts out of captures may hold anything. What would steer a terminal, hide in a page or turn the reading
 * direction around is shown as a mark; line breaks and tabs become spaces.
 */
export function clean(text: string): string {
  return text.replace(/[\r\n\t]+/g, ' ').replace(STEERING, '\ufffd');
}
