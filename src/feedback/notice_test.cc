// Notices in words, in many tongues: whom they are about, and what is none. Each of these was once read otherwise.
#include "feedback/notice.h"

#include <gtest/gtest.h>

#include "feedback/classify.h"

namespace sesame::feedback {
namespace {

using Addresses = std::vector<std::string>;

std::string mail(const std::string& from, const std::string& subject, const std::string& text,
                 const std::string& fields = "") {
  return "From: " + from + "\r\nTo: ann@example.com\r\nSubject: " + subject + "\r\n" + fields +
         "Content-Type: text/plain; charset=utf-8\r\n\r\n" + text;
}

Report notice(const std::string& text, const std::string& subject = "Undelivered Mail Returned to Sender") {
  return classify(mail("MAILER-DAEMON@mx.example.net", subject, text));
}

Addresses addresses(const Report& report) {
  Addresses found;
  for (const RecipientReport& recipient : report.recipients) found.push_back(recipient.address);
  return found;
}

TEST(Notice, EntriesThatNothingOpensAreAllRecipients) {
  const Report report = notice(
      "<bob@example.net>: host mx said: 550 5.1.1 User unknown (in reply to RCPT TO\n    command)\n\n"
      "<eve@example.net>: host mx said: 552 5.2.2 Mailbox full\n\n<kim@example.net>: unknown user: \"kim\"\n");
  EXPECT_EQ(addresses(report), (Addresses{"bob@example.net", "eve@example.net", "kim@example.net"}));
  EXPECT_EQ(report.recipients.at(1).cause.reason, replies::Reason::mailbox_full);
}

TEST(Notice, RefusalOfSomebodyElseNamesWhoStandsBehindTheRecipient) {
  const Report report = notice(
      "Sorry, unable to deliver your message to bob@example.net for the following reason:\n\n"
      "  552 Quota violation for robert@store.example\n");
  ASSERT_EQ(addresses(report), (Addresses{"bob@example.net", "robert@store.example"}));
  EXPECT_EQ(report.recipients[1].original_address, "bob@example.net");
  // A refusal that is not about a mailbox names anybody.
  const Report policy = notice(
      "Sorry, unable to deliver your message to bob@example.net for the following reason:\n\n"
      "  550 5.7.1 rejected by local policy, ask help@isp.example\n");
  EXPECT_EQ(addresses(policy), Addresses{"bob@example.net"});
}

TEST(Notice, NameWithoutADomainMayHaveItsReasonInASecondColumn) {
  const Report report = notice(
      " --------Message not delivered to the following:\n\n bob    No matches to nameserver query\n\n"
      " --------Unsent Message below:\n");
  EXPECT_EQ(addresses(report), Addresses{"bob@mx.example.net"});
}

TEST(Notice, SentencesThatSayItIsOverPrevail) {
  EXPECT_EQ(notice("This informs you of the delivery status of a message you sent.\n\n"
                   "<bob@example.net>  delivery failed; will not continue trying\n")
                .kind,
            ReportKind::bounce);
}

TEST(Notice, MailboxesNobodyHasInManyTongues) {
  struct Case {
    const char *subject, *opening, *reason;
  };
  const Case cases[] = {
      {"Non remis : Bonjour", "Échec de la remise à ces destinataires ou groupes :",
       "L'adresse de messagerie que vous avez entrée est introuvable."},
      {"No se puede entregar: Hola", "Error de entrega a estos destinatarios o grupos:",
       "No se encontró la dirección de correo electrónico especificada."},
      {"Non recapitabile: Ciao", "Il recapito non è riuscito per i seguenti destinatari o gruppi:",
       "L'indirizzo di posta elettronica specificato non è stato trovato."},
      {"Onbestelbaar: Hallo", "Bezorging aan deze geadresseerden of groepen is mislukt:",
       "Het e-mailadres dat u hebt ingevoerd, kan niet worden gevonden."},
      {"Niedostarczone: Witam", "Dostarczenie wiadomości do następujących adresatów nie powiodło się:",
       "Nie można odnaleźć wprowadzonego adresu e-mail."},
      {"Gick inte att leverera: Hej",
       "Leveransen misslyckades till följande mottagare eller grupper:", "Det gick inte att hitta e-postadressen."},
      {"Mensagem nao entregue",
       "A sua mensagem não pôde ser entregue aos seguintes destinatários:", "550 Usuário desconhecido"},
      {"Message Delivery Failure",
       "The following recipient(s) could not be reached:", "ann wasn't found at example.net"},
  };
  for (const Case& c : cases) {
    const Report report = classify(
        mail("postmaster@example.net", c.subject, std::string(c.opening) + "\n\nbob@example.net\n" + c.reason + "\n"));
    EXPECT_EQ(report.kind, ReportKind::bounce) << c.subject;
    ASSERT_EQ(addresses(report), Addresses{"bob@example.net"}) << c.subject;
    EXPECT_EQ(report.recipients[0].cause.reason, replies::Reason::user_unknown) << c.subject;
    EXPECT_EQ(report.recipients[0].bounce_kind().type, "Permanent") << c.subject;
  }
}

TEST(Notice, TextWithoutBlanksAroundAnAddressIsNoPartOfIt) {
  for (const char* text : {"抱歉，您的邮件被退回来了！\n退信原因 收件人bob@example.net不存在\n",
                           "抱歉，您的邮件被退回来了！\n收件人：bob@example.net\n退信原因：收件人不存在。\n"}) {
    EXPECT_EQ(addresses(notice(text, "系统退信")), Addresses{"bob@example.net"}) << text;
  }
}

TEST(Notice, SubjectAndSentenceOfTheSameWordsMakeNoneWhereNoMailSystemWrites) {
  const std::string parcel = "Dear customer,\nyour parcel could not be delivered to your address. Please call us.\n";
  EXPECT_EQ(classify(mail("Shop <shop@example.net>", "Your order could not be delivered", parcel)).kind,
            ReportKind::none);
  EXPECT_EQ(classify(mail("Shop <shop@example.net>", "Your mail could not be delivered",
                          "Your mail could not be delivered to bob@example.net.\n"))
                .kind,
            ReportKind::bounce);
}

TEST(Notice, ListThatTakesNoMailOfStrangersRefusesIt) {
  const Report report = classify(
      mail("team-owner@list.example", "Your message to team was rejected",
           "Your message to team@list.example was rejected: You are not allowed to post to this mailing list.\n"));
  EXPECT_EQ(addresses(report), Addresses{"team@list.example"});
  EXPECT_EQ(report.recipients.at(0).cause.reason, replies::Reason::recipient_refuses);
}

TEST(SesNotification, BounceThatNamesNobodyIsOneAllTheSame) {
  for (const char* list : {R"("bouncedRecipients":[])", R"("bouncedRecipients":7)", R"("other":[])"}) {
    const Report report =
        classify(mail("no-reply@sns.example.com", "Notification",
                      std::string(R"({"notificationType":"Bounce","bounce":{)") + list + R"(},"mail":{}})"));
    EXPECT_EQ(report.kind, ReportKind::bounce) << list;
    EXPECT_EQ(addresses(report), Addresses{""}) << list;
  }
}

TEST(AutoReply, IsKnownByItsSubjectInManyTongues) {
  for (const char* subject : {"Out of Office: Hello",
                              "Abwesenheitsnotiz: Hallo",
                              "Réponse automatique : Bonjour",
                              "Respuesta automática: Hola",
                              "Risposta automatica: Ciao",
                              "Resposta automática: Olá",
                              "Automatisch antwoord: Hallo",
                              "Odpowiedź automatyczna: Witam",
                              "Autosvar: Hej",
                              "Automatisk svar: Hej",
                              "Automaattinen vastaus: Hei",
                              "Автоматический ответ: Привет",
                              "Автоматична відповідь: Привіт",
                              "Автоматичен отговор: Здравей",
                              "自動応答: こんにちは",
                              "自动回复: 你好",
                              "부재중 자동 회신",
                              "Automatická odpověď: Ahoj",
                              "Automatická odpoveď: Ahoj",
                              "Samodejni odgovor: Živjo",
                              "Automatski odgovor: Bok",
                              "Automatikus válasz",
                              "Răspuns automat: Salut",
                              "Otomatik yanıt: Merhaba",
                              "Αυτόματη απάντηση: Γεια",
                              "תשובה אוטומטית: שלום",
                              "رد تلقائي: مرحبا",
                              "ตอบกลับอัตโนมัติ: สวัสดี",
                              "Trả lời tự động: Chào",
                              "Balasan otomatis: Halo",
                              "Resposta automàtica: Hola",
                              "Automaatvastus: Tere",
                              "Automātiska atbilde: Labdien",
                              "Automatinis atsakymas: Labas"}) {
    EXPECT_EQ(classify(mail("Bob <bob@example.net>", subject, "x\n")).kind, ReportKind::auto_reply) << subject;
    // Whatever else it says, and under whatever address the program writes.
    const std::string text = "Your message was not delivered to anybody, could not be read, and my mailbox is full.\n";
    EXPECT_EQ(classify(mail("noreply@example.net", subject, text)).kind, ReportKind::auto_reply) << subject;
  }
}

TEST(AutoReply, ChallengesAskThePersonAndAreNoBounce) {
  struct Case {
    const char *from, *subject, *text;
  };
  const Case cases[] = {
      {"MailInBlack <noreply@box.example>", "Your message to bob@example.net is waiting for your authentication",
       "Please authenticate yourself by clicking here so that your message can be delivered.\n"},
      {"bob@example.net", "Re: Hello (spamBlocker)",
       "Your message has been redirected to a folder for bob@example.net. He must add your email address to a list of "
       "allowed senders.\n"},
      {"Bob <bob@example.net>", "Re: Hello (VERIFICATION)",
       "Just this once, click the link below so I can receive your emails.\n"},
      {"Box <support@box.example>", "bob@example.net has requested that you verify your email address",
       "Your message was waitlisted. Please click to verify.\n"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(classify(mail(c.from, c.subject, c.text)).kind, ReportKind::auto_reply) << c.subject;
}

}  // namespace
}  // namespace sesame::feedback
