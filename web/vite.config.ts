import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  // Every URL is relative: the page also lives under a prefix (Home Assistant's ingress).
  base: "./",
  plugins: [svelte()],
  build: {
    outDir: "../wallflower/api/page",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    // One request each for code and style: small files over a slow tunnel cost more.
    rolldownOptions: { output: { codeSplitting: false } },
  },
  server: {
    // `npm run dev` with a Wallflower running beside it.
    proxy: { "/api": process.env.WALLFLOWER_URL ?? "http://127.0.0.1:8757" },
  },
});
