/** What the engine has for the page: a name, and what belongs to it. */
export type News =
  | ["open", connection: number, channelType: number, channelId: number, secure: boolean, host: string | null, port: number | null]
  | ["write", connection: number, bytes: Uint8Array]
  | ["close", connection: number]
  | ["connected"]
  | ["size", display: number, width: number, height: number]
  | ["damage", display: number]
  | ["pointer", rgba: Uint8Array | null, width: number, height: number, x: number, y: number]
  | ["pointermode", places: boolean]
  | ["locks", flags: number]
  | ["agent", connected: boolean]
  | ["clipboard", text: string]
  | ["name", name: string]
  | ["lost", channelType: number, channelId: number, reason: string]
  | ["over", reason: string | null, denied: boolean];
