import { DrizzleQueryError } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

const logged = (error: unknown): { text: string; err: Record<string, unknown> } => {
  let text = '';
  createLogger('test', 'info', { write: (line: string) => void (text += line) }).error(
    { err: error },
    'something failed',
  );
  return { text, err: (JSON.parse(text) as { err: Record<string, unknown> }).err };
};

describe('an error in the log', () => {
  it('tells the statement and the constraint that it broke, and no value of it', () => {
    const broken = Object.assign(new Error('duplicate key value violates unique constraint "identities_value"'), {
      code: '23505',
      constraint_name: 'identities_value',
      detail: 'Key (value)=(ada@example.com) already exists.',
      parameters: ['ada@example.com'],
    });
    const { text, err } = logged(
      new DrizzleQueryError('insert into identities values ($1)', ['ada@example.com'], broken),
    );
    expect(text).not.toContain('ada@example.com');
    expect(err['message']).toContain('insert into identities values ($1)');
    expect(err['cause']).toMatchObject({ code: '23505', constraint: 'identities_value' });
    expect(String(err['stack'])).toContain('logger.test.ts');
  });

  it('is told with the errors within, as deep as five', () => {
    let error = new Error('the deepest');
    for (let level = 0; level < 8; level += 1) error = new Error(`level ${level}`, { cause: error });
    const { text } = logged(error);
    expect(text).toContain('level 2');
    expect(text).not.toContain('the deepest');
  });

  it('may be anything that was thrown', () => {
    expect(logged('a text').err).toBe('a text');
  });
});
