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

/** For tests that do not read the log. */
export const silentLogger: Logger = pino({ level: 'silent' });
