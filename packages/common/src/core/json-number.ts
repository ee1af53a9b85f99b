/**
 * A number of a JSON body, kept as its text. JavaScript's own numbers would change digits of an amount while
 * reading it, so request bodies are parsed into these and each schema decides what it makes of one.
 */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): never {
    throw new TypeError('a JsonNumber must be read by a schema before it is sent on');
  }
}
