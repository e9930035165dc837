/**
 * A piece of JSON text that is known when a document is compiled, as `"title":` or an enum value, ready to be written eight
 * bytes at a time. The text must be ASCII, as all names of GraphQL are: a double that holds ASCII bytes is never a NaN, whose
 * bits an engine may change.
 */
export class JsonFragment {
  readonly words: Float64Array;
  /** In bytes; the last word is padded. */
  readonly length: number;

  constructor(text: string) {
    const padded = new DataView(new ArrayBuffer(Math.ceil(text.length / 8) * 8));
    for (let index = 0; index < text.length; index++) padded.setUint8(index, text.charCodeAt(index));
    this.words = new Float64Array(padded.byteLength / 8);
    for (let word = 0; word < this.words.length; word++) this.words[word] = padded.getFloat64(word * 8, true);
    this.length = text.length;
  }
}
