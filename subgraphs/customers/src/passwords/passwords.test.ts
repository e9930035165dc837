import { expect, it } from 'vitest';
import { hashOfNobody, hashPassword, verifyPassword } from './argon2id.ts';
import { createPasswordWork } from './password-work.ts';

it('keeps a password as argon2id with a salt of its own, and knows it again', async () => {
  const [first, second] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(second).not.toBe(first);
  expect(await verifyPassword('correct horse', first)).toBe(true);
  expect(await verifyPassword('Correct horse', first)).toBe(false);
});

it('fits nothing to the hash of nobody, which has the shape of every other', async () => {
  expect(hashOfNobody()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(await verifyPassword('correct horse', hashOfNobody())).toBe(false);
});

// Made by the reference implementation: echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -e
it('verifies what others made at another cost', async () => {
  const foreign = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  expect(await verifyPassword('password', foreign)).toBe(true);
  expect(await verifyPassword('Password', foreign)).toBe(false);
  await expect(verifyPassword('password', '$2b$10$notargon')).rejects.toThrow('not a PHC string');
});

it('works on a few at once, in turn, and refuses what is too much', async () => {
  const work = createPasswordWork(2, 2);
  const ended: number[] = [];
  const doors = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  let running = 0;
  let most = 0;
  const results = doors.map((door, index) =>
    work.run(async () => {
      most = Math.max(most, (running += 1));
      await door.promise;
      running -= 1;
      ended.push(index);
      return index;
    })!,
  );
  expect(work.run(async () => 0)).toBeNull();
  for (const door of doors) door.resolve();
  expect(await Promise.all(results)).toEqual([0, 1, 2, 3]);
  expect({ most, ended }).toEqual({ most: 2, ended: [0, 1, 2, 3] });
  await expect(work.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await work.run(async () => 5)).toBe(5);
});
