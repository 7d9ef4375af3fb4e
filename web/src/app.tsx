// The whole: who is signed in, the frame around every page, and what may happen to any of them.
import AppLayout from "@cloudscape-design/components/app-layout";
import Box from "@cloudscape-design/components/box";
import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import { Component, useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { call, currentSession, isReachable, onNotice, signOut, type SignedOut } from "./lib/client";
import { announceReturn, asFailure } from "./lib/hooks";
import { chooseMode, useDark } from "./lib/mode";
import { placeOf, useHash, type Place } from "./lib/router";
import { number, object } from "./lib/shape";
import type { Session } from "./lib/shapes";
import { ConfigurationSetPage } from "./pages/configuration-set";
import { ConfigurationSetsPage } from "./pages/configuration-sets";
import { CredentialsPage } from "./pages/credentials";
import { DashboardPage } from "./pages/dashboard";
import { DnsProvidersPage } from "./pages/dns-providers";
import { DomainsPage } from "./pages/domains";
import { IdentityPage } from "./pages/identity";
import { InboxPage } from "./pages/inbox";
import { MessagePage } from "./pages/message";
import { MessagesPage } from "./pages/messages";
import { SendTestPage } from "./pages/send-test";
import { SettingsPage } from "./pages/settings";
import { SetupPage, SignInForm, SignInPage } from "./pages/sign-in";
import { SuppressionPage } from "./pages/suppression";
import { TemplatePage } from "./pages/template";
import { TemplatesPage } from "./pages/templates";
import { TopicPage } from "./pages/topic";
import { TopicsPage } from "./pages/topics";
import { FailureAlert, LostContext, NotifyContext, type Notify } from "./parts/notices";
import { SessionContext } from "./parts/session";
import { Dialog } from "./parts/dialog";
import { texts } from "./texts";

const successShown = 10_000; // milliseconds; what failed stays until it is dismissed

type State = { kind: "loading" } | { kind: "out"; out: SignedOut } | { kind: "in"; session: Session };

/** Waits until the service answers, then says so. */
function useConnection(): boolean {
  const [lost, setLost] = useState(false);
  useEffect(
    () =>
      onNotice((notice) => {
        if (notice === "unreachable") setLost(true);
        if (notice === "reachable") setLost(false);
      }),
    [],
  );
  useEffect(() => {
    if (!lost) return;
    const timer = window.setInterval(() => {
      void isReachable().then((reachable) => {
        if (!reachable) return;
        setLost(false);
        announceReturn();
      });
    }, 1500);
    return () => window.clearInterval(timer);
  }, [lost]);
  return lost;
}

export function App() {
  const [state, setState] = useState<State>({ kind: "loading" });
  const lost = useConnection();
  const place = placeOf(useHash());
  const load = useCallback(() => {
    currentSession()
      .then((found) => setState("csrf_token" in found ? { kind: "in", session: found } : { kind: "out", out: found }))
      .catch(() => undefined); // said by useConnection, which asks again
  }, []);
  const loading = state.kind === "loading";
  useEffect(() => {
    if (!loading) return; // somebody signed in keeps the page, whatever has become of the session
    load();
    window.addEventListener("sesame-return", load);
    return () => window.removeEventListener("sesame-return", load);
  }, [load, loading]);
  const signedIn = useCallback((session: Session) => setState({ kind: "in", session }), []);
  const [setup, token] = place.elements;
  if (setup === "setup" && token) return <SetupPage token={token} signedIn={signedIn} />;
  if (state.kind === "in") {
    return (
      <LostContext.Provider value={lost}>
        <SignedIn key={state.session.account_id} session={state.session} lost={lost} place={place} />
      </LostContext.Provider>
    );
  }
  if (state.kind === "out") return <SignInPage passwordSet={state.out.password_set} signedIn={signedIn} />;
  return (
    <main className="sheet">
      <Box textAlign="center">{lost ? texts.errors.lost : <Spinner size="large" />}</Box>
    </main>
  );
}

interface SignedInProps {
  session: Session;
  lost: boolean;
  place: Place;
}

function SignedIn({ session: first, lost, place }: SignedInProps) {
  const [session, setSession] = useState(first);
  const [ended, setEnded] = useState(false);
  const [flashes, setFlashes] = useState<FlashbarProps.MessageDefinition[]>([]);
  const [navigationOpen, setNavigationOpen] = useState(() => window.matchMedia("(min-width: 689px)").matches);

  const notify = useCallback<Notify>((type, content) => {
    const id = String(performance.now());
    const onDismiss = () => setFlashes((before) => before.filter((flash) => flash.id !== id));
    if (type === "success") window.setTimeout(onDismiss, successShown);
    setFlashes((before) => [{ id, type, content, dismissible: true, dismissLabel: texts.close, onDismiss }, ...before].slice(0, 4));
  }, []);
  useEffect(() => onNotice((notice) => notice === "session_ended" && setEnded(true)), []);
  const again = useCallback((renewed: Session) => {
    setSession(renewed);
    setEnded(false);
    announceReturn();
  }, []);

  useEffect(() => {
    const [page = "domains", item] = place.elements;
    document.title = [item, texts.titles[page], texts.product].filter(Boolean).join(" · ");
  }, [place.elements.join("/")]);

  const items = useMemo<FlashbarProps.MessageDefinition[]>(
    () => [
      ...(lost ? [{ id: "lost", type: "error" as const, header: texts.errors.lost, content: texts.errors.lostDetail, loading: false }] : []),
      ...flashes,
    ],
    [lost, flashes],
  );
  return (
    <SessionContext.Provider value={session}>
      <NotifyContext.Provider value={notify}>
        <div id="top">
          <TopBar session={session} notify={notify} />
        </div>
        <AppLayout
          headerSelector="#top"
          navigation={<Navigation session={session} place={place} />}
          navigationOpen={navigationOpen}
          onNavigationChange={({ detail }) => setNavigationOpen(detail.open)}
          toolsHide
          notifications={<Flashbar items={items} />}
          stickyNotifications
          ariaLabels={{ navigation: texts.nav.label, notifications: texts.nav.notifications }}
          content={
            <Guard key={place.elements.join("/")}>
              <Page place={place} session={session} />
            </Guard>
          }
        />
        {ended && (
          <Dialog header={texts.signIn.endedTitle} close={() => setEnded(false)}>
            <SpaceBetween size="m">
              <Box>{texts.signIn.endedDetail}</Box>
              <SignInForm passwordSet byKey={session.access_key_id !== null} signedIn={again} />
            </SpaceBetween>
          </Dialog>
        )}
      </NotifyContext.Provider>
    </SessionContext.Provider>
  );
}

function Page({ place, session }: { place: Place; session: Session }) {
  const [page = "domains", item] = place.elements;
  switch (page) {
    case "domains":
      return item === undefined ? <DomainsPage /> : <IdentityPage key={item} name={item} />;
    case "dns-providers":
      return <DnsProvidersPage />;
    case "dashboard":
      return <DashboardPage />;
    case "send":
      return <SendTestPage from={place.query.get("from") ?? ""} />;
    case "messages":
      return item === undefined ? <MessagesPage /> : <MessagePage key={item} id={item} />;
    case "suppression":
      return <SuppressionPage />;
    case "templates":
      return item === undefined ? <TemplatesPage /> : <TemplatePage key={item} name={item} />;
    case "new-template":
      return <TemplatePage />;
    case "configuration-sets":
      return item === undefined ? <ConfigurationSetsPage /> : <ConfigurationSetPage key={item} name={item} />;
    case "topics":
      return item === undefined ? <TopicsPage /> : <TopicPage key={item} arn={item} />;
    case "credentials":
      return <CredentialsPage />;
    case "settings":
      return <SettingsPage />;
    case "inbox":
      if (session.sandbox) return <InboxPage chosen={item === undefined ? null : Number(item)} />;
  }
  return (
    <Box textAlign="center" padding="xxl">
      <Box variant="h1">{texts.errors.pageNotFound}</Box>
      <Box variant="p">{texts.errors.pageNotFoundDetail}</Box>
      <a href="#/domains">{texts.errors.toDomains}</a>
    </Box>
  );
}

function TopBar({ session, notify }: { session: Session; notify: Notify }) {
  const dark = useDark();
  const who = session.access_key_id ?? texts.nav.operator;
  async function menu(id: string) {
    try {
      if (id === "out") {
        await signOut();
        window.location.reload();
      }
      if (id === "others") {
        const { ended } = await call(object({ ended: number }), "DELETE", "/console/api/session?others=1");
        notify("success", texts.nav.signedOutOthers(ended));
      }
      if (id === "settings") window.location.hash = "#/settings";
    } catch (problem) {
      notify("error", asFailure(problem).message);
    }
  }
  return (
    <TopNavigation
      identity={{ href: "#/domains", title: session.sandbox ? `${texts.product} · ${texts.nav.sandbox}` : texts.product }}
      utilities={[
        {
          type: "button",
          iconName: "settings",
          text: dark ? texts.nav.light : texts.nav.dark,
          onClick: () => chooseMode(!dark),
        },
        {
          type: "menu-dropdown",
          text: who,
          description: session.account_id,
          iconName: "user-profile",
          ariaLabel: `${texts.nav.account}: ${who}`,
          items: [
            { id: "settings", text: texts.nav.settings },
            { id: "others", text: texts.nav.signOutOthers },
            { id: "out", text: texts.nav.signOut },
          ],
          onItemClick: ({ detail }) => void menu(detail.id),
        },
      ]}
    />
  );
}

function Navigation({ session, place }: { session: Session; place: Place }) {
  const [page = "domains"] = place.elements;
  return (
    <SideNavigation
      header={{ href: "#/domains", text: texts.console }}
      activeHref={`#/${page === "new-template" ? "templates" : page}`}
      items={[
        { type: "link", text: texts.nav.dashboard, href: "#/dashboard" },
        {
          type: "section",
          text: texts.nav.identityManagement,
          items: [
            { type: "link", text: texts.nav.domains, href: "#/domains" },
            { type: "link", text: texts.nav.dnsProviders, href: "#/dns-providers" },
          ],
        },
        {
          type: "section",
          text: texts.nav.sending,
          items: [
            { type: "link", text: texts.nav.sendTest, href: "#/send" },
            { type: "link", text: texts.nav.messages, href: "#/messages" },
            { type: "link", text: texts.nav.templates, href: "#/templates" },
            { type: "link", text: texts.nav.suppression, href: "#/suppression" },
          ],
        },
        {
          type: "section",
          text: texts.nav.events,
          items: [
            { type: "link", text: texts.nav.sets, href: "#/configuration-sets" },
            { type: "link", text: texts.nav.topics, href: "#/topics" },
          ],
        },
        ...(session.sandbox
          ? [
              {
                type: "section" as const,
                text: texts.nav.sandbox,
                items: [{ type: "link" as const, text: texts.nav.inbox, href: "#/inbox" }],
              },
            ]
          : []),
        {
          type: "section",
          text: texts.nav.administration,
          items: [
            { type: "link", text: texts.nav.credentials, href: "#/credentials" },
            { type: "link", text: texts.nav.settings, href: "#/settings" },
          ],
        },
      ]}
    />
  );
}

/** A fault of one page leaves the others usable. */
class Guard extends Component<{ children: ReactNode }, { fault: Error | null }> {
  override state: { fault: Error | null } = { fault: null };
  static getDerivedStateFromError(fault: Error) {
    return { fault };
  }
  override render() {
    if (!this.state.fault) return this.props.children;
    return (
      <Box padding="xxl">
        <FailureAlert failure={asFailure(new Error(`${texts.errors.crashedDetail} (${this.state.fault.message})`))} retry={() => window.location.reload()} />
      </Box>
    );
  }
}
