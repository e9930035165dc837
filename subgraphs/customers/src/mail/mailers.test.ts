import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { createConsoleMailer } from './console-mailer.ts';
import { createMailer } from './create-mailer.ts';
import { MailRefused, type Mail } from './mailer.ts';

const mail: Mail = {
  id: '01890000-0000-7000-8000-000000000001',
  from: 'Shop <shop@example.com>',
  to: 'ada@example.com',
  subject: 'Grüße',
  text: 'Hello Ada,\n\nsee https://shop.example.com/verify-email#token=ot_abc\n',
  locale: 'de',
};

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function smtp(options: SMTPServerOptions = {}) {
  const received: { to: string[]; raw: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) =>
      void text(stream).then((raw) => {
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw });
        done();
      }),
    ...options,
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const mailer = createMailer(`smtp://127.0.0.1:${port}`);
  closing.push(
    () => new Promise<void>((closed) => server.close(() => closed())),
    () => mailer.close?.(),
  );
  return { mailer, received, server };
}

describe('the SMTP mailer', () => {
  it('hands mails to a server, over one connection after the other', async () => {
    const { mailer, received } = await smtp();
    await mailer.send(mail);
    await mailer.send({ ...mail, id: 'another', to: 'grace@example.com' });
    expect(received.map(({ to }) => to)).toEqual([['ada@example.com'], ['grace@example.com']]);
    const { raw } = received[0]!;
    expect(raw).toMatch(/^From: Shop <shop@example\.com>\r\nTo: ada@example\.com\r\n/m);
    expect(raw).toContain('Subject: =?UTF-8?');
    expect(raw).toContain(`Message-ID: <${mail.id}@example.com>`);
    expect(raw).toContain('Auto-Submitted: auto-generated');
    expect(raw).toContain('Content-Language: de');
    expect(raw).toContain('token=');
  });

  it('sends to one receiver, whatever an address looks like', async () => {
    const { mailer, received } = await smtp();
    const odd = '"mallory@example.com, x"@example.com';
    await mailer.send({ ...mail, to: odd }).catch(() => undefined);
    expect(received.flatMap(({ to }) => to)).not.toContain('mallory@example.com');
  });

  it('says for good what a server refuses for good, and for now what it may take later, and repeats no address', async () => {
    for (const [responseCode, kind] of [
      [550, MailRefused],
      [451, Error],
    ] as const) {
      const { mailer } = await smtp({
        onRcptTo: ({ address }, _session, done) =>
          done(Object.assign(new Error(`No such user ${address}`), { responseCode })),
      });
      const error: unknown = await mailer.send(mail).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(kind);
      expect(error instanceof MailRefused).toBe(responseCode === 550);
      expect((error as Error).message).toContain(String(responseCode));
      expect((error as Error).message).not.toContain('ada');
      expect((error as Error).cause).toBeUndefined();
    }
  });

  it('may succeed later where no server listens now', async () => {
    const { server, mailer } = await smtp();
    await new Promise<void>((closed) => server.close(() => closed()));
    const error: unknown = await mailer.send(mail).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(MailRefused);
  });
});

describe('the file mailer', () => {
  it('keeps each mail as one file, also when it is sent again', async () => {
    const base = await mkdtemp(join(tmpdir(), 'kontor-mails-'));
    closing.push(() => rm(base, { recursive: true, force: true }));
    const folder = join(base, 'made', 'when-needed');
    const mailer = createMailer(`file:${folder}`);
    await mailer.send(mail);
    await mailer.send(mail);
    expect(await readdir(folder)).toEqual([`${mail.id}.eml`]);
    const raw = await readFile(join(folder, `${mail.id}.eml`), 'utf8');
    expect(raw).toContain('To: ada@example.com');
    expect(raw).toContain('Subject: =?UTF-8?');
  });
});

describe('the console mailer', () => {
  it('prints what people who develop need, in one piece', async () => {
    const output = new PassThrough();
    await createConsoleMailer(output).send(mail);
    output.end();
    expect(await text(output)).toBe(
      `┌─ mail\n│ From: Shop <shop@example.com>\n│ To: ada@example.com\n│ Subject: Grüße\n│ \n│ Hello Ada,\n│ \n│ see https://shop.example.com/verify-email#token=ot_abc\n│ \n└─\n`,
    );
  });
});

it.each(['', 'file:', 'smtp://', 'http://mail', 'printer'])('takes no other setting: "%s"', (setting) => {
  expect(() => createMailer(setting)).toThrow('A mailer is console, file:FOLDER or an smtp:// URL.');
});
