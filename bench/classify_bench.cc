// Classification: mails per second of the feedback door's classifier, on the mails named on standard input.
//   classify_bench ROUNDS < names       prints mails per second of processor time
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "feedback/classify.h"

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 1;
  std::vector<std::string> mails;
  for (std::string name; std::getline(std::cin, name);) {
    std::ifstream file(name, std::ios::binary);
    std::stringstream octets;
    octets << file.rdbuf();
    mails.push_back(octets.str());
  }
  std::size_t recipients = 0;
  const std::clock_t start = std::clock();
  for (int round = 0; round < rounds; ++round) {
    for (const std::string& mail : mails) recipients += sesame::feedback::classify(mail).recipients.size();
  }
  const double taken = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  if (mails.empty() || recipients == 0) return EXIT_FAILURE;
  std::printf("%.0f\n", static_cast<double>(mails.size()) * rounds / taken);
}
