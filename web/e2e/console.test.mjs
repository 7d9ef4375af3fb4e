// The story of a service's first days in its console, chapter by chapter; story.mjs has what they share.
import { before } from "node:test";
import { Sandbox } from "./sandbox.mjs";
import { begin } from "./story.mjs";
import "./sign-in.mjs";
import "./domain.mjs";
import "./interruptions.mjs";
import "./messages.mjs";
import "./attacks.mjs";
import "./configuration.mjs";
import "./administration.mjs";
import "./drift.mjs";
import "./everyone.mjs";

before(async () => begin(await Sandbox.start()));
