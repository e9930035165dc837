import { z } from 'zod';

/** A configuration that cannot work. The message names every bad key on one line each; it is meant for people, without a stack. */
export class EnvError extends Error {
  override name = 'EnvError';
}

/**
 * Reads environment variables through a zod object schema.
 * @throws EnvError naming every bad key, what was wrong with it and its description.
 */
export function parseEnv<T extends z.ZodObject>(
  shape: T,
  source: Readonly<Record<string, string | undefined>>,
): z.infer<T> {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const result = shape.safeParse(present);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => {
    const key = issue.path.join('.');
    const description = (shape.shape[key] as z.ZodType | undefined)?.description;
    return `  ${key}: ${issue.message}${description ? ` (${description})` : ''}`;
  });
  throw new EnvError(`These environment values cannot be used:\n${lines.join('\n')}`);
}

/** A TCP port from 0 (any free one) to 65535. */
export const port = () => z.coerce.number().int().min(0).max(65_535);

/** A comma-separated list of URLs, at least one. */
export const urlList = () =>
  z.string().transform((text, ctx) => {
    const urls = text.split(',').map((part) => part.trim());
    for (const url of urls) if (!URL.canParse(url)) ctx.addIssue(`"${url}" is not a URL`);
    return urls;
  });

/** A PostgreSQL connection URL. */
export const postgresUrl = () =>
  z
    .string()
    .refine(
      (text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text),
      'must look like postgres://user:password@host:5432/database',
    );

/** Verbosity of the log. */
export const logLevel = () => z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']);
