/** What a message of the bus says in JSON; undefined when it is none, which its schema then refuses. */
export function parseMessage(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
