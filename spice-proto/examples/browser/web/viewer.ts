import init, { Engine } from "./engine.js";
import { scanCodes } from "./keys.js";
import type { News } from "./news.js";
import { place, shownSize } from "./place.js";
import type { Size } from "./place.js";

/** Where a connection is to lead. */
export interface Target {
  /** Number of the channel's type: 1 main, 2 display, 3 inputs, 4 cursor. */
  channelType: number;
  channelId: number;
  /** The server has refused this channel without TLS. */
  secure: boolean;
  /** Where the session has moved to; null where it began. */
  host: string | null;
  port: number | null;
}

/** A socket as browsers have it; any other that does the same. */
export type Socket = Pick<WebSocket, "send" | "close" | "binaryType" | "onopen" | "onmessage" | "onclose">;

export interface Options {
  password?: string;
  /** `fit` shows all of the screen, `none` a pixel for a pixel, `guest` asks the guest for a screen that fits. */
  scaling?: Scaling;
  /** Keys and pointer stay here. */
  viewOnly?: boolean;
  /** Text that is copied on one side is there to be pasted on the other, as far as the browser allows. */
  shareClipboard?: boolean;
}

export type Scaling = "fit" | "none" | "guest";

export interface Statistics {
  /** Bytes from and to the server. */
  received: number;
  sent: number;
  /** Times that something was painted, pixels of it, and milliseconds that decoding and painting took. */
  paints: number;
  pixels: number;
  engineMs: number;
  paintMs: number;
}

interface Display extends Size {
  canvas: HTMLCanvasElement;
  context: CanvasRenderingContext2D;
}

const FLAGS: [string, number][] = [["ScrollLock", 1], ["NumLock", 2], ["CapsLock", 4]];
/** What one step of a wheel is, in pixels of CSS. */
const STEP = 100;

/**
 * A machine's screens in an element of a page.
 *
 * Events: `connect`; `disconnect` with `detail.clean` and `detail.reason`; `credentialsrequired`, after which `reconnect`
 * takes a password; `clipboard` with `detail.text`; `resize` with `detail.display`, `width` and `height`; `agent` with
 * `detail.connected`; `name` with `detail.name`; `lost` with a channel that the session goes on without; `statistics`
 * every second. What a server says is always text, never markup.
 */
export class SpiceViewer extends EventTarget {
  readonly element: HTMLElement;
  readonly #connect: (target: Target) => Socket;
  readonly #options: Options;
  #engine: Engine | null = null;
  #sockets = new Map<number, Socket>();
  #displays = new Map<number, Display>();
  #damaged = new Set<number>();
  #frame = 0;
  #clock = 0;
  #buttons = 0;
  #wheel = 0;
  #places = true;
  #syncs = true;
  #watch: ResizeObserver;
  #statistics: Statistics = { received: 0, sent: 0, paints: 0, pixels: 0, engineMs: 0, paintMs: 0 };

  /** `target` is the address of a WebSocket, or makes a socket for each channel. */
  constructor(element: HTMLElement, target: string | ((target: Target) => Socket), options: Options = {}) {
    super();
    this.element = element;
    this.#options = { ...options };
    this.#connect = typeof target === "string" ? () => new WebSocket(target, "binary") : target;
    this.#watch = new ResizeObserver(() => this.#layOut());
    this.#watch.observe(element);
    void this.#start();
  }

  get scaling(): Scaling {
    return this.#options.scaling ?? "fit";
  }

  set scaling(scaling: Scaling) {
    this.#options.scaling = scaling;
    this.#layOut();
  }

  get viewOnly(): boolean {
    return this.#options.viewOnly ?? false;
  }

  set viewOnly(viewOnly: boolean) {
    if (viewOnly) this.releaseKeys();
    this.#options.viewOnly = viewOnly;
  }

  get statistics(): Readonly<Statistics> {
    return { ...this.#statistics };
  }

  /** The canvas of a display channel. */
  canvas(display = 0): HTMLCanvasElement | null {
    return this.#displays.get(display)?.canvas ?? null;
  }

  disconnect(): void {
    this.#stop(true, null);
  }

  /** Connects again, with another password if one is given. */
  reconnect(options: { password?: string } = {}): void {
    if (options.password !== undefined) this.#options.password = options.password;
    this.#end();
    void this.#start();
  }

  focus(): void {
    this.#displays.values().next().value?.canvas.focus();
  }

  /** Presses these keys one after the other, named as `KeyboardEvent.code`, and releases them the other way round. */
  sendKeys(...codes: string[]): void {
    const keys = codes.map((code) => scanCodes.get(code));
    const known = keys.filter((key) => key !== undefined);
    if (known.length < keys.length) throw new RangeError(`no such key in ${codes.join("+")}`);
    known.forEach((key) => this.#engine?.key(key, true));
    known.reverse().forEach((key) => this.#engine?.key(key, false));
    this.#goOn();
  }

  sendCtrlAltDel(): void {
    this.sendKeys("ControlLeft", "AltLeft", "Delete");
  }

  releaseKeys(): void {
    this.#engine?.releaseKeys();
    this.#goOn();
  }

  /** Offers text to the guest's clipboard. False when the guest has no agent that takes it. */
  copyToGuest(text: string): boolean {
    const taken = this.#engine?.copy(text) ?? false;
    this.#goOn();
    return taken;
  }

  /** Asks the guest for screens of these sizes. False when it has no agent that can do so. */
  resizeGuest(...sizes: Size[]): boolean {
    const flat = sizes.flatMap(({ width, height }) => [Math.round(width), Math.round(height)]);
    const asked = this.#engine?.resize(new Uint32Array(flat)) ?? false;
    this.#goOn();
    return asked;
  }

  /** What a display shows now, as PNG. */
  screenshot(display = 0): Promise<Blob> {
    return new Promise((resolve, reject) => {
      this.#paint();
      const canvas = this.canvas(display);
      if (canvas === null) return reject(new Error("nothing is shown"));
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))));
    });
  }

  async #start(): Promise<void> {
    try {
      await init();
    } catch (error) {
      return this.#stop(false, `the engine cannot be loaded: ${String(error)}`);
    }
    this.#engine = new Engine(this.#options.password ?? "", crypto.getRandomValues(new Uint8Array(16384)));
    this.#clock = window.setInterval(() => this.#tell("statistics", this.statistics), 1000);
    this.#goOn();
  }

  /** Takes everything that the engine has. */
  #goOn(): void {
    for (let news = this.#next(); news !== undefined; news = this.#next()) this.#hear(news);
  }

  #next(): News | undefined {
    return this.#engine?.nextNews() as News | undefined;
  }

  #hear(news: News): void {
    switch (news[0]) {
      case "open": {
        const [, connection, channelType, channelId, secure, host, port] = news;
        return this.#open(connection, { channelType, channelId, secure, host, port });
      }
      case "write": {
        this.#statistics.sent += news[2].length;
        return this.#sockets.get(news[1])?.send(news[2] as Uint8Array<ArrayBuffer>);
      }
      case "close": {
        const socket = this.#sockets.get(news[1]);
        this.#sockets.delete(news[1]);
        return socket?.close();
      }
      case "connected":
        return this.#tell("connect", {});
      case "size":
        return this.#resize(news[1], { width: news[2], height: news[3] });
      case "damage":
        this.#damaged.add(news[1]);
        this.#frame ||= requestAnimationFrame(() => this.#paint());
        return;
      case "pointer":
        return this.#setPointer(news[1], news[2], news[3], news[4], news[5]);
      case "pointermode":
        this.#places = news[1];
        return;
      case "locks":
        return;
      case "agent":
        if (news[1] && this.scaling === "guest") this.#layOut();
        return this.#tell("agent", { connected: news[1] });
      case "clipboard":
        // Browsers may say no; the event has the text in any case.
        if (this.#options.shareClipboard) navigator.clipboard?.writeText(news[1]).catch(() => undefined);
        return this.#tell("clipboard", { text: news[1] });
      case "name":
        return this.#tell("name", { name: news[1] });
      case "lost":
        return this.#tell("lost", { channelType: news[1], channelId: news[2], reason: news[3] });
      case "over":
        if (news[2]) this.#tell("credentialsrequired", { types: ["password"] });
        return this.#stop(news[1] === null, news[1]);
    }
  }

  #open(connection: number, target: Target): void {
    const engine = this.#engine;
    let socket: Socket;
    try {
      socket = this.#connect(target);
    } catch (error) {
      return engine?.failed(connection, String(error));
    }
    // What is written before it is open.
    let early: Uint8Array<ArrayBuffer>[] | null = [];
    const open: Socket = {
      binaryType: "arraybuffer", onopen: null, onmessage: null, onclose: null,
      send: (bytes) => (early ? void early.push(bytes as Uint8Array<ArrayBuffer>) : socket.send(bytes)),
      close: () => socket.close(),
    };
    this.#sockets.set(connection, open);
    const here = (): boolean => this.#engine === engine && this.#sockets.get(connection) === open;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      if (!here()) return socket.close();
      early?.forEach((bytes) => socket.send(bytes));
      early = null;
    };
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      if (!here()) return;
      const start = performance.now();
      engine?.push(connection, new Uint8Array(data));
      this.#statistics.received += data.byteLength;
      this.#statistics.engineMs += performance.now() - start;
      this.#goOn();
    };
    socket.onclose = () => {
      if (!here()) return;
      this.#sockets.delete(connection);
      if (early) engine?.failed(connection, "the WebSocket cannot be opened");
      else engine?.closed(connection);
      this.#goOn();
    };
  }

  #resize(number: number, size: Size): void {
    let display = this.#displays.get(number);
    if (size.width === 0) {
      display?.canvas.remove();
      this.#displays.delete(number);
    } else {
      display ??= this.#makeDisplay(number);
      [display.width, display.height] = [size.width, size.height];
      [display.canvas.width, display.canvas.height] = [size.width, size.height];
    }
    this.#layOut(false);
    this.#tell("resize", { display: number, ...size });
  }

  #makeDisplay(number: number): Display {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { alpha: false })!;
    const display = { canvas, context, width: 0, height: 0 };
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-label", `screen ${number + 1} of the machine`);
    canvas.style.touchAction = "none";
    canvas.addEventListener("keydown", (event) => this.#key(event, true));
    canvas.addEventListener("keyup", (event) => this.#key(event, false));
    canvas.addEventListener("blur", () => this.releaseKeys());
    canvas.addEventListener("focus", () => this.#focused());
    canvas.addEventListener("pointermove", (event) => this.#move(number, display, event));
    canvas.addEventListener("pointerdown", (event) => this.#press(number, display, event));
    canvas.addEventListener("pointerup", (event) => this.#press(number, display, event));
    canvas.addEventListener("pointercancel", (event) => this.#press(number, display, event));
    canvas.addEventListener("wheel", (event) => this.#turn(number, display, event), { passive: false });
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    const after = [...this.#displays].filter(([other]) => other > number).sort(([a], [b]) => a - b)[0];
    this.element.insertBefore(canvas, after?.[1].canvas ?? null);
    this.#displays.set(number, display);
    return display;
  }

  /** Gives every screen its size; with `ask` the guest may be asked for another. */
  #layOut(ask = true): void {
    const count = Math.max(1, this.#displays.size);
    const room = { width: this.element.clientWidth / count, height: this.element.clientHeight };
    for (const { canvas, width, height } of this.#displays.values()) {
      const shown = shownSize(this.scaling, { width, height }, room, devicePixelRatio);
      [canvas.style.width, canvas.style.height] = [`${shown.width}px`, `${shown.height}px`];
    }
    if (ask && this.scaling === "guest" && room.width > 0 && room.height > 0) {
      // Widths of screens are multiples of 8.
      const width = Math.max(8, Math.floor((room.width * devicePixelRatio) / 8) * 8);
      const size = { width, height: Math.floor(room.height * devicePixelRatio) };
      this.resizeGuest(...Array.from({ length: count }, () => size));
    }
  }

  #paint(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const start = performance.now();
    for (const number of this.#damaged) {
      const display = this.#displays.get(number);
      const rects = this.#engine?.takeDamage(number) ?? [];
      for (let at = 0; display && at + 3 < rects.length; at += 4) {
        const [x, y, width, height] = [rects[at]!, rects[at + 1]!, rects[at + 2]!, rects[at + 3]!];
        const rgba = this.#engine?.pixels(number, x, y, width, height);
        if (!rgba) continue;
        const bytes = new Uint8ClampedArray(rgba.buffer as ArrayBuffer, rgba.byteOffset, rgba.length);
        display.context.putImageData(new ImageData(bytes, width, height), x, y);
        this.#statistics.pixels += width * height;
      }
    }
    this.#damaged.clear();
    this.#statistics.paints += 1;
    this.#statistics.paintMs += performance.now() - start;
  }

  #setPointer(rgba: Uint8Array | null, width: number, height: number, x: number, y: number): void {
    let style = "none";
    if (rgba && width > 0 && height > 0) {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [width, height];
      const bytes = new Uint8ClampedArray(rgba.buffer as ArrayBuffer, rgba.byteOffset, rgba.length);
      canvas.getContext("2d")?.putImageData(new ImageData(bytes, width, height), 0, 0);
      style = `url(${canvas.toDataURL()}) ${x} ${y}, default`;
    }
    this.element.style.cursor = style;
  }

  #key(event: KeyboardEvent, down: boolean): void {
    const code = scanCodes.get(event.code);
    if (code === undefined || this.viewOnly || !this.#engine) return;
    event.preventDefault();
    this.#sync(event);
    // Windows says the left control key before AltGr, which nobody has pressed.
    if (down && event.code === "AltRight" && event.getModifierState("AltGraph")) this.#engine.key(0x1d, false);
    this.#engine.key(code, down);
    // Macs do not say that keys go up while a command key is down.
    if (!down && event.code.startsWith("Meta")) this.#engine.releaseKeys();
    this.#goOn();
  }

  /** The lock keys may have been pressed elsewhere. */
  #sync(event: KeyboardEvent | PointerEvent): void {
    if (!this.#syncs) return;
    this.#syncs = false;
    if (FLAGS.some(([name]) => "code" in event && event.code === name)) return;
    const flags = FLAGS.filter(([name]) => event.getModifierState(name)).map(([, flag]) => flag);
    this.#engine?.setLocks(flags.reduce((all, flag) => all | flag, 0));
  }

  #focused(): void {
    this.#syncs = true;
    if (!this.#options.shareClipboard) return;
    navigator.clipboard?.readText().then((text) => text && this.copyToGuest(text), () => undefined);
  }

  #move(number: number, display: Display, event: PointerEvent): void {
    if (this.viewOnly || !this.#engine) return;
    this.#point(number, display, event);
    this.#goOn();
  }

  #point(number: number, display: Display, event: MouseEvent): void {
    if (this.#places) {
      const shown = display.canvas.getBoundingClientRect();
      const { x, y } = place(event.clientX - shown.left, event.clientY - shown.top, shown, display);
      this.#engine?.point(number, x, y);
    } else if (document.pointerLockElement === display.canvas) {
      this.#engine?.moveBy(Math.round(event.movementX), Math.round(event.movementY));
    }
  }

  #press(number: number, display: Display, event: PointerEvent): void {
    if (this.viewOnly || !this.#engine) return;
    event.preventDefault();
    if (event.type === "pointerdown") {
      display.canvas.focus();
      if (this.#places) display.canvas.setPointerCapture(event.pointerId);
      else if (document.pointerLockElement !== display.canvas) void display.canvas.requestPointerLock();
    }
    this.#sync(event);
    this.#point(number, display, event);
    this.#setButtons(event.type === "pointercancel" ? 0 : event.buttons);
    this.#goOn();
  }

  /** `buttons` are those of `MouseEvent.buttons`: left, right, middle, back, forward. */
  #setButtons(buttons: number): void {
    const changed = buttons ^ this.#buttons;
    [1, 3, 2, 6, 7].forEach((button, bit) => {
      if (changed & (1 << bit)) this.#engine?.button(button, (buttons & (1 << bit)) !== 0);
    });
    this.#buttons = buttons;
  }

  #turn(number: number, display: Display, event: WheelEvent): void {
    if (this.viewOnly || !this.#engine) return;
    event.preventDefault();
    this.#point(number, display, event);
    const unit = [1, STEP / 3, STEP][event.deltaMode] ?? 1;
    this.#wheel += event.deltaY * unit;
    for (; Math.abs(this.#wheel) >= STEP; this.#wheel -= Math.sign(this.#wheel) * STEP) {
      const button = this.#wheel < 0 ? 4 : 5;
      this.#engine.button(button, true);
      this.#engine.button(button, false);
    }
    this.#goOn();
  }

  #tell(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #stop(clean: boolean, reason: string | null): void {
    this.#end();
    this.#tell("disconnect", { clean, reason });
  }

  /** Forgets the session; the last picture stays. */
  #end(): void {
    this.#paint();
    clearInterval(this.#clock);
    const sockets = [...this.#sockets.values()];
    this.#sockets.clear();
    sockets.forEach((socket) => socket.close());
    this.#engine?.free();
    this.#engine = null;
    this.#buttons = 0;
  }
}
