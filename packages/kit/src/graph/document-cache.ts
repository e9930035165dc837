import { LRUCache } from 'lru-cache';

const DOCUMENTS = 1_000;
/** Characters of all keys together. */
const CHARACTERS = 8 * 1024 * 1024;

/** Keeps what was made of the documents that were used last, by a key that stands for the text. */
export interface DocumentCache<Made> {
  get(key: string): Made | undefined;
  set(key: string, made: Made): void;
}

/** Holds 1,000 documents, of 8 Mi characters together: clients of one service send few, and strangers can send no end of them. */
export function createDocumentCache<Made extends object>(): DocumentCache<Made> {
  const cache = new LRUCache<string, Made>({
    max: DOCUMENTS,
    maxSize: CHARACTERS,
    sizeCalculation: (_made, key) => key.length + 1,
  });
  return { get: (key) => cache.get(key), set: (key, made) => void cache.set(key, made) };
}
