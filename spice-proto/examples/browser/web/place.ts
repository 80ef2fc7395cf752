/** Which pixel of the guest is under a point. */

export interface Size {
  width: number;
  height: number;
}

/**
 * `x` and `y` count from the corner of what is shown, in pixels of CSS and parts of them; `shown` is its size in the same.
 * The pixel is always one of the guest's, also when the pointer was dragged out of the picture. As all of it is ratios,
 * neither zoom nor the pixels of the device matter.
 */
export function place(x: number, y: number, shown: Size, guest: Size): { x: number; y: number } {
  const along = (at: number, shown: number, guest: number): number =>
    // Where one pixel is some whole number of others, rounding must not lead to the one before.
    Math.max(0, Math.min(guest - 1, Math.floor((at * guest) / shown + 1e-6)));
  return { x: along(x, shown.width, guest.width), y: along(y, shown.height, guest.height) };
}

/** How large a guest's screen is shown, in pixels of CSS. */
export function shownSize(scaling: "fit" | "none" | "guest", guest: Size, room: Size, pixelRatio: number): Size {
  const fit = Math.min(room.width / guest.width, room.height / guest.height);
  const scale = scaling === "fit" && fit > 0 ? fit : 1 / pixelRatio;
  return { width: guest.width * scale, height: guest.height * scale };
}
