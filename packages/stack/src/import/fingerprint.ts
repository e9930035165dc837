import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** SHA-256 in hexadecimal digits over a file and whatever else makes an import another one, such as where it goes. */
export async function fingerprintOf(file: string, context: unknown): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(context)).update('\0');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
