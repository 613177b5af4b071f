#include "../src/options.h"

#include <cstring>
#include <string>
#include <vector>

#include "check.h"

using namespace ipcbench;

namespace {

const std::vector<const char*> complete = {"--role",     "initiator",  "--parent",    "1",     "--cpu",       "none",
                                           "--workload", "ping-pong",  "--size",      "64",    "--verify",    "header",
                                           "--seed",     "4294967295", "--warmup-us", "0",     "--window-us", "1000",
                                           "--endpoint", "fd:5",       "--framing",   "stream"};

std::string sentenceFor(std::vector<const char*> changes) {
  std::vector<const char*> arguments = complete;
  arguments.insert(arguments.end(), changes.begin(), changes.end());
  auto options = parseOptions(arguments);
  return options ? "" : options.failure().message;
}

}  // namespace

TEST("complete arguments are understood") {
  auto options = parseOptions(complete);
  CHECK(static_cast<bool>(options));
  CHECK(options->role == Role::initiator && options->framing == Framing::stream);
  CHECK_EQUAL(std::string(options->workload.name), "ping-pong");
  CHECK_EQUAL(options->cpu, -1);
  CHECK_EQUAL(options->seed, UINT32_MAX);
  CHECK_EQUAL(options->maxSizeBytes, 64u);
}

TEST("each missing argument is named") {
  for (size_t at = 0; at < complete.size(); at += 2) {
    std::vector<const char*> arguments = complete;
    arguments.erase(arguments.begin() + static_cast<long>(at), arguments.begin() + static_cast<long>(at) + 2);
    auto options = parseOptions(arguments);
    CHECK(!options);
    CHECK(std::strncmp(options.failure().message, complete[at], std::strlen(complete[at])) == 0);
  }
}

TEST("wrong values are refused by a sentence that says what fits") {
  CHECK_EQUAL(sentenceFor({"--size", "0"}), "--size takes 1 to 268435456 bytes, not '0'.");
  CHECK_EQUAL(sentenceFor({"--size", "64 "}), "--size takes 1 to 268435456 bytes, not '64 '.");
  CHECK_EQUAL(sentenceFor({"--size", " 64"}), "--size takes 1 to 268435456 bytes, not ' 64'.");
  CHECK_EQUAL(sentenceFor({"--size", "+64"}), "--size takes 1 to 268435456 bytes, not '+64'.");
  CHECK_EQUAL(sentenceFor({"--size", "-1"}), "--size takes 1 to 268435456 bytes, not '-1'.");
  CHECK_EQUAL(sentenceFor({"--size", "99999999999999999999"}),
              "--size takes 1 to 268435456 bytes, not '99999999999999999999'.");
  CHECK_EQUAL(sentenceFor({"--role", "relais"}), "--role takes initiator, responder or relay, not 'relais'.");
  CHECK_EQUAL(sentenceFor({"--fault", "drop"}), "--fault takes a fault's name, not 'drop'.");
  CHECK_EQUAL(sentenceFor({"--seed", "4294967296"}), "--seed takes an integer below 2^32, not '4294967296'.");
  CHECK_EQUAL(sentenceFor({"--cpu", "x"}), "--cpu takes a CPU's number or none, not 'x'.");
  CHECK_EQUAL(sentenceFor({"--colour", "red"}), "Unknown option '--colour'.");
  CHECK_EQUAL(sentenceFor({"--size"}), "--size needs a value: 1 to 268435456 bytes.");
}

TEST("arguments that do not go together are refused") {
  CHECK_EQUAL(sentenceFor({"--large", "64,,65"}),
              "--large takes up to 64 sizes with commas between them, not '64,,65'.");
  CHECK_EQUAL(sentenceFor({"--large", "64,268435457"}),
              "--large takes up to 64 sizes with commas between them, not '64,268435457'.");
  CHECK_EQUAL(sentenceFor({"--large", "64,65,"}),
              "--large takes up to 64 sizes with commas between them, not '64,65,'.");
  CHECK_EQUAL(sentenceFor({"--max-size", "63"}), "--max-size 63 is below --size 64.");
  CHECK_EQUAL(sentenceFor({"--role", "relay"}), "--role relay needs --endpoint-b, its second side.");
  CHECK_EQUAL(sentenceFor({"--workload", "deliver"}), "--workload deliver needs --messages.");
  CHECK_EQUAL(sentenceFor({"--workload", "deliver", "--messages", "5", "--size", "31", "--max-size", "64"}),
              "--workload deliver over a stream needs --size 32 or more: below that a message carries no header to "
              "find it by.");
  CHECK_EQUAL(sentenceFor({"--workload", "deliver", "--messages", "5", "--size", "31", "--framing", "message"}), "");
}
