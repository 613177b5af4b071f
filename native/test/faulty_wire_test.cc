#include "../src/faulty_wire.h"

#include <sys/socket.h>

#include <string>
#include <vector>

#include "../src/channel.h"
#include "../src/payload.h"
#include "../src/transports/socketpair.h"
#include "check.h"

using namespace ipcbench;

namespace {

/** Ten packets of 40 bytes, all of one letter, through a wire with its fault at the fifth ('e'): what comes out, packet
 * by packet. */
std::string through(Fault fault, int packets = 10) {
  Options options{};
  options.fault = fault;
  options.faultAt = 4;
  options.faultExtent = 3;
  options.framing = Framing::message;
  options.sizeBytes = options.maxSizeBytes = 40;
  auto pair = makeSocketpair(SOCK_SEQPACKET);
  DescriptorEnd end(std::move(pair->first));
  MessageChannel channel(end);
  RelayedChannel to(channel);
  auto wire = FaultyWire::create(options, to);
  for (int index = 0; index < packets && !wire->isStalled(); ++index) {
    std::vector<unsigned char> message(40, static_cast<unsigned char>('a' + index));
    CHECK(static_cast<bool>(wire->pass(message.data(), message.size())));
  }
  CHECK(static_cast<bool>(wire->end()));
  std::string seen;
  char bytes[200];
  for (;;) {
    const ssize_t got = ::recv(pair->second.get(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (got < 0) return seen;
    if (got == 0) return seen + ".";
    seen += std::to_string(got) + bytes[0] + bytes[got - 1] + " ";
  }
}

std::string plain(const char* letters) {
  std::string text;
  for (; *letters != '\0'; ++letters) text += std::string("40") + *letters + *letters + " ";
  return text;
}

}  // namespace

TEST("a transparent relay changes nothing") { CHECK_EQUAL(through(Fault::transparent), plain("abcdefghij") + "."); }
TEST("drop-one loses one message") { CHECK_EQUAL(through(Fault::dropOne), plain("abcdfghij") + "."); }
TEST("drop-last loses the last message, whichever it is") {
  CHECK_EQUAL(through(Fault::dropLast), plain("abcdefghi") + ".");
  CHECK_EQUAL(through(Fault::dropLast, 1), ".");
}
TEST("drop-all hands on the end alone") { CHECK_EQUAL(through(Fault::dropAll), "."); }
TEST("duplicate repeats one message") { CHECK_EQUAL(through(Fault::duplicate), plain("abcdeefghij") + "."); }
TEST("swap exchanges two neighbours, and loses none where there is no second") {
  CHECK_EQUAL(through(Fault::swap), plain("abcdfeghij") + ".");
  CHECK_EQUAL(through(Fault::swap, 5), plain("abcde") + ".");
}
TEST("duplicate-late repeats one message behind three others, or behind as many as there are") {
  CHECK_EQUAL(through(Fault::duplicateLate), plain("abcdefgheij") + ".");
  CHECK_EQUAL(through(Fault::duplicateLate, 6), plain("abcdefe") + ".");
}
TEST("delay hands one message on behind three others, or behind as many as there are") {
  CHECK_EQUAL(through(Fault::delay), plain("abcdfgheij") + ".");
  CHECK_EQUAL(through(Fault::delay, 6), plain("abcdfe") + ".");
}
TEST("foreign-payload and stale-tail put the bytes of a message before into one message") {
  CHECK_EQUAL(through(Fault::foreignPayload), plain("abcd") + "40ea " + plain("fghij") + ".");
  CHECK_EQUAL(through(Fault::staleTail), plain("abcd") + "40ea " + plain("fghij") + ".");
}
TEST("zero-page leaves a hole in one message") {
  CHECK_EQUAL(through(Fault::zeroPage), plain("abcd") + "40e" + std::string(1, '\0') + " " + plain("fghij") + ".");
}
TEST("pause and hoard lose nothing and change nothing") {
  CHECK_EQUAL(through(Fault::pause), plain("abcdefghij") + ".");
  CHECK_EQUAL(through(Fault::hoard), plain("abcdefghij") + ".");
}
TEST("no-eof hands on everything but the end") { CHECK_EQUAL(through(Fault::noEof), plain("abcdefghij")); }
TEST("flip-payload changes the last byte of one message") {
  CHECK_EQUAL(through(Fault::flipPayload), plain("abcd") + "40ed " + plain("fghij") + ".");
}
TEST("truncate cuts one message in half") {
  CHECK_EQUAL(through(Fault::truncate), plain("abcd") + "20ee " + plain("fghij") + ".");
}
TEST("merge makes one message of two") {
  CHECK_EQUAL(through(Fault::merge), plain("abcd") + "80ef " + plain("ghij") + ".");
}
TEST("split makes two messages of one") {
  CHECK_EQUAL(through(Fault::split), plain("abcd") + "20ee 20ee " + plain("fghij") + ".");
}
TEST("stall hands on nothing more, not even the end") { CHECK_EQUAL(through(Fault::stall), plain("abcd")); }
TEST("early-eof ends before the message") { CHECK_EQUAL(through(Fault::earlyEof), plain("abcd") + "."); }

TEST("flip-header changes the header alone") {
  Options options{};
  options.fault = Fault::flipHeader;
  options.framing = Framing::message;
  options.sizeBytes = options.maxSizeBytes = 64;
  auto payload = PayloadTemplate::create(1, 64);
  auto pair = makeSocketpair(SOCK_SEQPACKET);
  DescriptorEnd end(std::move(pair->first));
  MessageChannel channel(end);
  RelayedChannel to(channel);
  auto wire = FaultyWire::create(options, to);
  unsigned char message[64], got[64];
  payload->fill(message, 64, 0, 0);
  CHECK(static_cast<bool>(wire->pass(message, 64)));
  CHECK_EQUAL(::recv(pair->second.get(), got, sizeof got, MSG_DONTWAIT), 64);
  Header header;
  CHECK(!readHeader(got, header));
  CHECK_EQUAL(payload->firstDamage(got + 32, 32, 0, 0), -1);
}

TEST("a transparent relay re-cuts a stream and loses no byte of it") {
  Options options{};
  options.framing = Framing::stream;
  options.sizeBytes = options.maxSizeBytes = 64;
  options.seed = 3;
  auto pair = makeSocketpair(SOCK_STREAM);
  DescriptorEnd end(std::move(pair->first));
  StreamChannel channel(end);
  RelayedChannel to(channel);
  auto wire = FaultyWire::create(options, to);
  std::vector<unsigned char> bytes(20'000);
  for (size_t at = 0; at < bytes.size(); ++at) bytes[at] = static_cast<unsigned char>(at * 7 + at / 256);
  CHECK(static_cast<bool>(wire->passInPieces(bytes.data(), bytes.size())));
  std::vector<unsigned char> got(bytes.size());
  CHECK_EQUAL(::recv(pair->second.get(), got.data(), got.size(), MSG_WAITALL), 20'000);
  CHECK(got == bytes);
}
