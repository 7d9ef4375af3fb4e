// Rules and events: topics, configuration sets with their event destinations, and templates with their preview.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { attack, button, dialog, isForEveryone, open, page, screenshot, step } from "./story.mjs";

/** An endpoint on loopback that keeps what it is told, and answers with `status`. */
async function startEndpoint() {
  const told = [];
  const endpoint = { told, status: 200 };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (data) => (body += data));
    request.on("end", () => {
      told.push(JSON.parse(body));
      response.writeHead(endpoint.status).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  endpoint.url = `http://127.0.0.1:${server.address().port}/events`;
  endpoint.end = () => server.close();
  return endpoint;
}

step("a topic is made, subscribed to by an endpoint that confirms, and unsubscribed from", async () => {
  const endpoint = await startEndpoint();
  await open("topics", "Topics");
  await page.getByText("No topics").waitFor();
  await page.getByText("Everything has been taken").waitFor();
  await isForEveryone();
  await button("Create topic").first().click();
  const form = dialog("Create a topic");
  await form.getByLabel("Name", { exact: true }).fill(attack);
  await form.getByText("Only letters, digits").waitFor();
  await isForEveryone();
  await form.getByLabel("Name", { exact: true }).fill("mail-events");
  await form.getByLabel("Display name").fill(attack.slice(0, 90));
  await button("Create topic", form).click();
  await page.getByRole("heading", { level: 1, name: "mail-events" }).waitFor();
  await page.getByText("Nobody is subscribed").waitFor();

  await button("Subscribe an endpoint").first().click();
  const subscribe = dialog("Subscribe an endpoint to the topic");
  await subscribe.getByLabel("Endpoint").fill("javascript:alert(1)");
  await subscribe.getByText("Type a URL that begins with https://").waitFor();
  await subscribe.getByLabel("Endpoint").fill(endpoint.url);
  await isForEveryone();
  await button("Subscribe an endpoint", subscribe).click();
  await page.getByText("Waits for confirmation").waitFor();
  await screenshot("topic");
  while (endpoint.told.length === 0) await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  assert.equal(endpoint.told[0].Type, "SubscriptionConfirmation");
  await fetch(endpoint.told[0].SubscribeURL);
  await page.getByText("Confirmed", { exact: true }).waitFor(); // by itself
  await button(`Unsubscribe: ${endpoint.url}`).click();
  await button("Unsubscribe", dialog("Unsubscribe this endpoint?")).click();
  await page.getByText("Nobody is subscribed").waitFor();
  endpoint.end();
});

step("a configuration set has its own rules", async () => {
  await open("configuration-sets", "Configuration sets");
  await page.getByText("No configuration sets").waitFor();
  await button("Create set").first().click();
  const form = dialog("Create a configuration set");
  await form.getByLabel("Name").fill("two words");
  await form.getByText("Only letters, digits").waitFor();
  await form.getByLabel("Name").fill("newsletter");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "newsletter" }).waitFor();
  await page.getByText("Nobody is told of events").waitFor();
  await page.getByLabel("Sending is on").click();
  await page.getByText("Saved.", { exact: true }).first().waitFor();
  await page.getByLabel("Sending is on").click();

  await page.getByLabel("Tried for at most").fill("12");
  await page.getByText("A whole number of seconds").waitFor();
  await page.getByLabel("Tried for at most").fill("3600");
  await page.getByLabel("Required: without TLS").check();
  await button("Save: Delivery").click();
  await page.getByLabel("Of its own:").check();
  await page.getByLabel("Addresses that complain get no mail").uncheck();
  await button("Save: Suppression list").click();
  await page.getByLabel("Domain of the links").fill("links.elsewhere.example");
  await button("Save: Open and click tracking").click();
  await page.getByText(/links\.elsewhere\.example|not verified|verified/i).first().waitFor(); // the service's refusal
  await page.reload();
  await page.getByLabel("Tried for at most").waitFor();
  assert.equal(await page.getByLabel("Tried for at most").inputValue(), "3600");
  assert.ok(await page.getByLabel("Of its own:").isChecked());
  assert.ok(!(await page.getByLabel("Addresses that complain get no mail").isChecked()));
});

step("an event destination is added, told, edited and deleted", async () => {
  await button("Add destination").click();
  const form = dialog("Add an event destination");
  await form.getByLabel("Name").fill("hook");
  await button("Add destination", form).click();
  await form.getByText("Choose a topic.").last().waitFor();
  await form.getByLabel("A web hook").check();
  await form.getByLabel("URL").fill("ftp://a.example/");
  await form.getByText("Type a URL that begins with").waitFor();
  await isForEveryone();
  await screenshot("event-destination");
  await form.getByLabel("URL").fill(`http://127.0.0.1:9/${encodeURIComponent(attack)}`);
  await button("Add destination", form).click();
  await page.getByText("Delivered, Bounced, Complaint").waitFor();
  await button("Edit: hook").click();
  const edit = dialog("Edit the event destination hook");
  await edit.getByLabel("A topic").check();
  await edit.getByRole("button", { name: /Topic/ }).click();
  await page.getByRole("option", { name: "mail-events" }).click();
  await button("Save", edit).click();
  await page.getByText(/arn:aws:sns:.*:mail-events/).waitFor();
  await screenshot("configuration-set", { fullPage: true });
});

step("a template is written, previewed and kept", async () => {
  await open("templates", "Templates");
  await page.getByText("No templates").waitFor();
  await page.getByRole("link", { name: "Create template" }).first().click();
  await page.getByRole("heading", { level: 1, name: "New template" }).waitFor();
  await button("Save: Content").click();
  await page.getByText("A template has a subject.").waitFor();
  await page.getByLabel("Name").fill("welcome");
  await page.getByLabel("Subject").fill("Welcome, {{name}}");
  await page.getByLabel("Text", { exact: true }).fill("{{#if");
  await button("Save: Content").click();
  await page.getByText("That did not work").waitFor(); // the service says where
  await page.getByLabel("Text", { exact: true }).fill("Grüße, {{name}}!");
  await page.getByLabel("HTML", { exact: true }).fill(`<b>{{name}}</b>${attack}`);
  await button("Save: Content").click();
  await page.getByRole("heading", { level: 1, name: "welcome" }).waitFor();
  const data = page.getByLabel("Data (JSON)");
  assert.equal(JSON.parse(await data.inputValue()).name, "");
  await data.fill("[1]");
  await page.getByText("This is no JSON object.").waitFor();
  await data.fill("{}");
  await button("Render").click();
  await page.getByText("That did not work").waitFor(); // a value is missing
  await data.fill(JSON.stringify({ name: "Zoë & <i>Ann</i>" }));
  await button("Render").click();
  await page.getByText("Welcome, Zoë").waitFor();
  await page.getByText("Grüße, Zoë").waitFor();
  await page.getByText("<b>Zoë & <i>Ann</i></b>").waitFor(); // as its source
  await screenshot("template", { fullPage: true });
  await open("templates", "Templates");
  await page.getByRole("link", { name: "welcome" }).waitFor();
});
