/** Scan codes of set 1 by `KeyboardEvent.code`: where a key is, whatever is printed on it. As they are sent: first byte lowest. */

/** Keys of one byte, row by row: the code of the first, and the keys from there on. */
const rows: [number, string][] = [
  [0x01, "Escape Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal Backspace"],
  [0x0f, "Tab KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight Enter ControlLeft"],
  [0x1e, "KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote ShiftLeft Backslash"],
  [0x2c, "KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash ShiftRight NumpadMultiply AltLeft Space CapsLock"],
  [0x3b, "F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock Numpad7 Numpad8 Numpad9 NumpadSubtract"],
  [0x4b, "Numpad4 Numpad5 Numpad6 NumpadAdd Numpad1 Numpad2 Numpad3 Numpad0 NumpadDecimal"],
  [0x56, "IntlBackslash F11 F12 NumpadEqual"],
  [0x64, "F13 F14 F15 F16 F17 F18 F19 F20 F21 F22 F23"],
];

/** Other keys of one byte, and those behind 0xe0. */
const others: [string, number][] = [
  ["KanaMode", 0x70], ["IntlRo", 0x73], ["F24", 0x76], ["Lang4", 0x77], ["Lang3", 0x78], ["Convert", 0x79],
  ["NonConvert", 0x7b], ["IntlYen", 0x7d], ["NumpadComma", 0x7e], ["Lang2", 0x71], ["Lang1", 0x72],
  ["MediaTrackPrevious", 0x10e0], ["MediaTrackNext", 0x19e0], ["NumpadEnter", 0x1ce0], ["ControlRight", 0x1de0],
  ["AudioVolumeMute", 0x20e0], ["LaunchApp2", 0x21e0], ["MediaPlayPause", 0x22e0], ["MediaStop", 0x24e0],
  ["AudioVolumeDown", 0x2ee0], ["AudioVolumeUp", 0x30e0], ["BrowserHome", 0x32e0], ["NumpadDivide", 0x35e0],
  ["PrintScreen", 0x37e0], ["AltRight", 0x38e0], ["Home", 0x47e0], ["ArrowUp", 0x48e0], ["PageUp", 0x49e0],
  ["ArrowLeft", 0x4be0], ["ArrowRight", 0x4de0], ["End", 0x4fe0], ["ArrowDown", 0x50e0], ["PageDown", 0x51e0],
  ["Insert", 0x52e0], ["Delete", 0x53e0], ["MetaLeft", 0x5be0], ["MetaRight", 0x5ce0], ["ContextMenu", 0x5de0],
  ["Power", 0x5ee0], ["Sleep", 0x5fe0], ["WakeUp", 0x63e0], ["BrowserSearch", 0x65e0], ["BrowserFavorites", 0x66e0],
  ["BrowserRefresh", 0x67e0], ["BrowserStop", 0x68e0], ["BrowserForward", 0x69e0], ["BrowserBack", 0x6ae0],
  ["LaunchApp1", 0x6be0], ["LaunchMail", 0x6ce0], ["MediaSelect", 0x6de0],
  ["Pause", 0x451de1],
];

export const scanCodes: ReadonlyMap<string, number> = new Map([
  ...rows.flatMap(([first, names]) => names.split(" ").map((name, at): [string, number] => [name, first + at])),
  ...others,
]);
