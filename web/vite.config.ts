import { defineConfig } from "vite";

// The console is served below /console/ by the program it is built into (embed.mjs). Everything is a file of its own:
// the Content-Security-Policy allows nothing inline. `npm run dev` asks a sandbox on its usual port.
const sandbox = process.env.SESAME_ENDPOINT ?? "http://127.0.0.1:8025";

export default defineConfig({
  base: "/console/",
  build: {
    outDir: "../build/console/dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      // The components are marked for servers that render pages, which is nothing to a bundle for browsers.
      onwarn: (warning, warn) => {
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
  },
  server: { proxy: { "/v2": sandbox, "/console/api": sandbox } },
});
