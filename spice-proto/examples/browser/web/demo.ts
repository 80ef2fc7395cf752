/** A page with one viewer. Its fields can be given in the address: `?url=ws://127.0.0.1:5900/&password=...&scaling=none`. */
import { SpiceViewer } from "./index.js";
import type { Scaling } from "./index.js";

const form = document.querySelector<HTMLFormElement>("#where")!;
const state = document.querySelector("#state")!;
const screen = document.querySelector<HTMLElement>("#screen")!;
let viewer: SpiceViewer | null = null;

const field = (name: string): HTMLInputElement => form.elements.namedItem(name) as HTMLInputElement;

function connect(): void {
  viewer?.disconnect();
  screen.replaceChildren();
  state.textContent = "connecting";
  viewer = new SpiceViewer(screen, field("url").value, {
    password: field("password").value,
    scaling: field("scaling").value as Scaling,
  });
  viewer.addEventListener("connect", () => (state.textContent = "connected"));
  viewer.addEventListener("credentialsrequired", () => field("password").focus());
  viewer.addEventListener("disconnect", (event) => {
    const { reason } = (event as CustomEvent<{ reason: string | null }>).detail;
    state.textContent = reason === null ? "disconnected" : `disconnected: ${reason}`;
  });
  viewer.addEventListener("lost", (event) => {
    state.textContent = `without a channel: ${(event as CustomEvent<{ reason: string }>).detail.reason}`;
  });
  // For those who look at it from the console, and for tests.
  Object.assign(window, { viewer });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  connect();
});
field("scaling").addEventListener("change", () => {
  if (viewer) viewer.scaling = field("scaling").value as Scaling;
});
document.querySelector("#keys")!.addEventListener("click", () => viewer?.sendCtrlAltDel());

const given = new URLSearchParams(location.search);
for (const name of ["url", "password", "scaling"]) {
  const value = given.get(name);
  if (value !== null) field(name).value = value;
}
if (given.has("url")) connect();
