import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger };

/** A JSON log on standard error, so that standard output stays for people. Secrets are redacted wherever they stand. */
export function createLogger(
  name: string,
  level = 'info',
  destination: DestinationStream = pino.destination({ dest: 2, sync: false }),
): Logger {
  return pino(
    {
      name,
      level,
      serializers: { err: (error: unknown) => describeError(error) },
      redact: {
        paths: [
          'authorization',
          '*.authorization',
          'headers.authorization',
          'headers.cookie',
          '*.token',
          '*.secret',
          '*.credential',
          '*.password',
        ],
        censor: '[redacted]',
      },
    },
    destination,
  );
}

/** Errors within errors are told so deep. */
const CAUSES = 5;
/** What Drizzle adds to the message of a failed statement. */
const PARAMETERS = /\n?params: [\s\S]*$/;

/**
 * An error as it is logged: what it is, where it came from, and the errors within. Failed statements carry their parameters and the rows that
 * they met (`params`, `detail`, `where`): addresses and names of people, which no log may hold. Nothing but what stands here is written.
 */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const { name, code, constraint_name: constraint } = error as Error & { code?: string; constraint_name?: string };
  const message = error.message.replace(PARAMETERS, '');
  return {
    type: name,
    message,
    ...(code === undefined ? {} : { code }),
    ...(constraint === undefined ? {} : { constraint }),
    stack: error.stack?.replace(error.message, message),
    ...(error.cause !== undefined && depth < CAUSES ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}

/** For tests that do not read the log. */
export const silentLogger: Logger = pino({ level: 'silent' });
