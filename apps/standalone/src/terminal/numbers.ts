/** `1234567.5` as `1,234,567.5`: the digits stay as they are. */
export function groupThousands(plain: string): string {
  const [integer = '', ...fraction] = plain.split('.');
  return [integer.replaceAll(/\B(?=(?:\d{3})+$)/g, ','), ...fraction].join('.');
}

/** `-1234.50` as `-$1,234.50`. */
export function dollars(usd: string): string {
  return usd.startsWith('-') ? `-$${groupThousands(usd.slice(1))}` : `$${groupThousands(usd)}`;
}
