import { buildSchema, parse, printSchema } from 'graphql';
import { expect, it } from 'vitest';
import { buildApiSchema } from './build-api-schema.ts';

const startsOf = (sdl: string) => parse(sdl).definitions.map(({ loc }) => loc!.start);

it('builds the same schema as all at once', async () => {
  const sdl = `
    """Says \\n\\n type Query { much }"""
    schema { query: Root }
    directive @shout(times: Int = 2) on FIELD
    type Root { "One." one(in: In = { a: [1] }): Any!  old: Int @deprecated(reason: "No.") }
    interface Node { id: ID! }
    type A implements Node { id: ID!  at: Time }
    union Any = A
    scalar Time @specifiedBy(url: "https://example.com/time")
    enum Size { S M @deprecated }
    input In { a: [Int!]  size: Size = S }`;
  const built = await buildApiSchema(sdl, startsOf(sdl));
  expect(printSchema(built)).toBe(printSchema(buildSchema(sdl)));
  expect(built.getQueryType()?.name).toBe('Root');
});

it('lets others have their turn many times while it builds a large schema', async () => {
  const types = Array.from({ length: 500 }, (_, number) => {
    const fields = Array.from(
      { length: 10 },
      (_, field) => `"Field ${field}." f${field}(first: Int): T${(number + field) % 500}`,
    );
    return `type T${number} { ${fields.join(' ')} }`;
  });
  const sdl = `type Query { a: T0 } ${types.join('\n')}`;
  let turns = 0;
  let done = false;
  const count = () => {
    turns += 1;
    if (!done) setImmediate(count);
  };
  setImmediate(count);
  const schema = await buildApiSchema(sdl, startsOf(sdl));
  done = true;
  expect(Object.keys(schema.getTypeMap()).filter((name) => /^T\d/.test(name))).toHaveLength(500);
  // Some 200,000 characters and 500 types in slices of 16,384 and 50.
  expect(turns).toBeGreaterThan(20);
});
