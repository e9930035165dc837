import { describe, expect, it } from 'vitest';
import type { OperationVariant } from './known-operation.ts';
import type { WrittenData } from './router-engine.ts';
import { createRequestSharing } from './share-requests.ts';

const variant = () => ({}) as OperationVariant;
const written = (text: string): WrittenData => ({ alone: Buffer.from(text), errors: [] });

describe('sharing whole requests', () => {
  it('executes once for all who ask the same while it is under way, and anew for who comes later', async () => {
    const { written: share } = createRequestSharing();
    const operation = variant();
    let executed = 0;
    const { promise, resolve } = Promise.withResolvers<WrittenData>();
    const execute = () => {
      executed += 1;
      return executed === 1 ? promise : Promise.resolve(written('later'));
    };
    const together = [1, 2, 3].map(() => share(operation, 'guest', execute));
    const answer = written('first');
    resolve(answer);
    expect(await Promise.all(together)).toEqual([answer, answer, answer]);
    expect(executed).toBe(1);
    expect((await share(operation, 'guest', execute)).alone.toString()).toBe('later');
    expect(executed).toBe(2);
  });

  it('tells variants and keys apart', async () => {
    const { written: share } = createRequestSharing();
    const [a, b] = [variant(), variant()];
    const answers = await Promise.all([
      share(a, 'x', async () => written('a x')),
      share(a, 'y', async () => written('a y')),
      share(b, 'x', async () => written('b x')),
    ]);
    expect(answers.map(({ alone }) => alone.toString())).toEqual(['a x', 'a y', 'b x']);
  });

  it('gives a failure to all who wait, and forgets it', async () => {
    const { written: share } = createRequestSharing();
    const operation = variant();
    const fail = () => Promise.reject(new Error('down'));
    const failed = await Promise.allSettled([share(operation, 'x', fail), share(operation, 'x', fail)]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await share(operation, 'x', async () => written('up'))).alone.toString()).toBe('up');
  });
});
