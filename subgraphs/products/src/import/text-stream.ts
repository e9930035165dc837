import type { Readable } from 'node:stream';
import { ImportFault } from './import-item.ts';

/**
 * The text of a file in pieces: UTF-8 without a byte order mark, each line ended by a line feed alone, so that lines can be counted.
 * @throws ImportFault when the file is no UTF-8
 */
export async function* readText(stream: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  // A carriage return at the end of a piece may be half of a line end.
  let held = '';
  const decode = (bytes: Buffer, more: boolean): string => {
    try {
      return decoder.decode(bytes, { stream: more });
    } catch {
      const readable = bytes.toString('utf8').split('\ufffd')[0] ?? '';
      throw new ImportFault(
        line + countLines(readable),
        'the file is not written in UTF-8. Save it as "CSV UTF-8" and try again.',
      );
    }
  };
  for await (const chunk of stream as AsyncIterable<Buffer | string>) {
    const text = held + decode(Buffer.from(chunk as string), true);
    held = text.endsWith('\r') ? '\r' : '';
    const whole = (held === '' ? text : text.slice(0, -1)).replace(/\r\n?/g, '\n');
    line += countLines(whole);
    if (whole !== '') yield whole;
  }
  const rest = (held + decode(Buffer.alloc(0), false)).replace(/\r\n?/g, '\n');
  if (rest !== '') yield rest;
}

const countLines = (text: string): number => text.split(/\r\n|\r|\n/).length - 1;
