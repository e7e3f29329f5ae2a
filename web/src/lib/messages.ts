/** Every word the page says itself. One object, so that another language is another object. */

import type { SpeakerRef, StreamState } from "./types";

const plural = new Intl.PluralRules("en");

/** "1 line", "2 lines". */
function count(n: number, one: string, many: string): string {
  return `${n} ${plural.select(n) === "one" ? one : many}`;
}

const states: Record<StreamState, string> = {
  connecting: "Connecting",
  streaming: "Listening",
  muted: "Muted",
  retrying: "Trying again",
  failed: "Failed",
  stopped: "Stopped",
};

export const messages = {
  title: "Wallflower",
  views: { transcript: "Transcript", cameras: "Cameras", voices: "Voices" },
  viewsLabel: "Parts of this page",

  connection: {
    connecting: "Connecting…",
    live: "Live",
    lost: "Connection lost. Trying again…",
  },

  listening: {
    label: "Listen in the whole house",
    on: "Listening",
    off: "Muted",
    banner: "The whole house is muted. Nothing is being written down.",
    again: "Listen again",
  },

  health: {
    label: "What needs attention",
    more: (n: number) => `and ${n} more`,
    loading: "Wallflower is getting its speech recogniser ready. Lines follow as soon as it is.",
  },

  transcript: {
    label: "What was said",
    search: "Search what was said",
    searchShort: "Search",
    allCameras: "All cameras",
    allVoices: "All voices",
    cameraLabel: "Only this camera",
    voiceLabel: "Only this voice",
    clear: "Show everything",
    older: "Looking further back…",
    beginning: "This is the beginning.",
    newLines: (n: number) => count(n, "new line", "new lines"),
    toNow: "Back to now",
    voice: (speaker: SpeakerRef | null) =>
      speaker === null ? "Someone" : speaker.sure ? speaker.name : `probably ${speaker.name}`,
    nameVoice: (name: string) => `${name}: name this voice`,
    whoSaid: (name: string) => `${name}: who said this?`,
    whoSaidLine: (text: string) => `Who said this? ${text}`,
    talking: (name: string) => `${name} is talking`,
    someoneTalking: "Someone is talking",
    retry: "Try again",
    said: (name: string, camera: string, text: string) => `${name}, ${camera}: ${text}`,
  },

  empty: {
    noCameras: "Nothing is listening yet.",
    noCamerasNext:
      "Add the first camera, and what is said near it appears here. Not a word leaves this building.",
    noCamerasAsk: "An administrator of Home Assistant can add the first camera here.",
    noLines: "All ears.",
    noLinesNext: (names: string) => `Say something near ${names}, and it appears here.`,
    noLinesDeaf: "No camera can be heard at the moment. Its card says what it needs.",
    noHits: "No line matches.",
    noHitsNext: "Try fewer words or another camera or voice.",
    noVoices: "Nobody has spoken yet.",
    noVoicesNext:
      "Voices appear here once someone talks. Name one, and all its lines carry the name.",
    noCards: "No camera yet.",
    noCardsNext: "Any camera or microphone with an RTSP address will do.",
  },

  cameras: {
    heading: "Cameras",
    add: "Add a camera",
    states,
    silent: "Sound arrives, but it is silent. Is its microphone switched on?",
    nobodySpeaks: (time: string) => `Nobody has spoken here for ${time}.`,
    look: "Look",
    lookAway: "Hide picture",
    looking: "Looking…",
    picture: (name: string) => `What ${name} sees`,
    mutedByHouse: "Muted together with the whole house.",
    dropped: (seconds: string) => `${seconds} of sound were lost because this computer was behind.`,
    lastHeard: (name: string, time: string) => `Last heard: ${name}, ${time}`,
    mute: "Mute",
    unmute: "Unmute",
    more: "More",
    moreFor: (name: string) => `More for ${name}`,
    start: "Start",
    stop: "Stop",
    restart: "Restart",
    retryNow: "Try now",
    rename: "Rename",
    remove: "Remove",
    nameLabel: "Name of this camera",
  },

  addCamera: {
    name: "Name",
    nameHint: "Where it is, as you would say it: Hall, Kitchen.",
    url: "Address",
    urlHint: "rtsp://user:password@192.168.1.20:554/stream",
    test: "Test",
    testing: "Looking…",
    add: "Add",
    adding: "Adding…",
    cancel: "Cancel",
    nameMissing: "Give the camera a name.",
    urlMissing: "Enter the camera's address.",
    good: "This camera can be heard.",
    sound: (codec: string, hz: number, channels: number) =>
      `Sound: ${codec}, ${hz / 1000} kHz, ${channels === 1 ? "mono" : channels === 2 ? "stereo" : `${channels} channels`}`,
    picture: (codec: string, width: number, height: number, fps: number | null) =>
      `Picture: ${codec}, ${width} × ${height}${fps === null ? "" : `, ${Math.round(fps)} frames/s`}`,
    noPicture: "No picture (none is needed).",
  },

  alerts: {
    heard: (keyword: string, camera: string) => `“${keyword}” in ${camera}`,
    dismiss: (keyword: string) => `Dismiss “${keyword}”`,
  },

  others: { label: "Other Wallflowers here" },

  removeCamera: {
    heading: (name: string) => `Remove ${name}?`,
    body: "Wallflower stops reading this camera and forgets its address. The lines that were written down stay.",
    confirm: "Remove",
    cancel: "Keep it",
  },

  voices: {
    heading: "Voices",
    heard: (when: string, length: string) => `${when} · ${length} of speech`,
    rename: "Rename",
    name: "Name",
    nameField: (name: string) => `Who is ${name}?`,
    dialogHint: "All lines of this voice carry the name, those already written too.",
    save: "Save",
    cancel: "Cancel",
    nameMissing: "Enter a name.",
    more: "More",
    moreFor: (name: string) => `More for ${name}`,
    lines: "Show lines",
    merge: "Same as…",
    forget: "Forget",
  },

  line: {
    heading: "Who said this?",
    newVoice: "Somebody new",
    hint: "Wallflower learns from it and never changes this line by itself again.",
    save: "Save",
    cancel: "Cancel",
  },

  mergeVoice: {
    heading: (name: string) => `Who is ${name} really?`,
    body: (gone: string, into: string) =>
      `All lines of ${gone} become ${into}'s, and Wallflower knows the two as one from now on.`,
    choose: "Choose the voice that is the same person.",
    which: "The same person as",
    confirm: "They are one",
    cancel: "Cancel",
  },

  forgetVoice: {
    heading: (name: string) => `Forget ${name}?`,
    body: (name: string) =>
      `Wallflower forgets what ${name} sounds like and takes the name off every line; what was said stays. Whoever it was is a new voice when they talk again.`,
    forever: "This cannot be undone.",
    confirm: "Forget",
    cancel: "Keep",
  },

  corrections: {
    label: "Just changed",
    undo: "Undo",
    dismiss: "Dismiss",
  },

  errors: {
    offline: "Wallflower does not answer. Is it still running?",
    strange: (status: number) =>
      `Wallflower gave an answer this page does not understand (HTTP ${status}).`,
    unexpected: (what: string) => `Something went wrong on this page: ${what}`,
  },
};
