/** A mail as it goes out. */
export interface Mail {
  /** The same whenever the mail is sent again, so that receivers can drop the second. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** Plain text. */
  readonly text: string;
  /** The language of the text. */
  readonly locale: string;
}

/** Where mails leave the house. */
export interface Mailer {
  /** Hands a mail over. @throws MailRefused when it will never be taken, anything else when it may be later. */
  send(mail: Mail): Promise<void>;
  /** Ends what it keeps open. */
  close?(): void;
}

/** The receiving side will not take this mail, however often it is sent. */
export class MailRefused extends Error {
  override name = 'MailRefused';
}
