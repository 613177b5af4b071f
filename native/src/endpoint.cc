#include "endpoint.h"

#include <cstdlib>
#include <cstring>
#include <string_view>

#include "transports/fifo.h"
#include "transports/tcp.h"
#include "transports/unix_socket.h"

namespace ipcbench {
namespace {

/** An EndpointSpec taken apart. */
struct Spec {
  enum class Kind { duplex, split, accept, acceptTcp, connectUnixStream, connectUnixSeqpacket, connectTcp, fifo } kind;
  int first = -1;   // a descriptor or a port
  int second = -1;  // a descriptor
  std::string_view path;
  std::string_view secondPath;
  bool readFirst = false;
};

bool takePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool takeNumber(std::string_view& text, int& number) {
  size_t digits = 0;
  number = 0;
  while (digits < text.size() && digits < 7 && text[digits] >= '0' && text[digits] <= '9')
    number = number * 10 + (text[digits++] - '0');
  text.remove_prefix(digits);
  return digits > 0;
}

bool isWholeNumber(std::string_view text, int& number) { return takeNumber(text, number) && text.empty(); }

/** `<path to read>:<path to write>:read-first|write-first`. A path with a colon has too many parts, and is refused. */
bool parseFifo(std::string_view text, Spec& spec) {
  const size_t first = text.find(':'), last = text.rfind(':');
  if (first == std::string_view::npos || first == last) return false;
  spec.path = text.substr(0, first);
  spec.secondPath = text.substr(first + 1, last - first - 1);
  spec.readFirst = text.substr(last + 1) == "read-first";
  const bool hasOrder = spec.readFirst || text.substr(last + 1) == "write-first";
  return hasOrder && !spec.path.empty() && !spec.secondPath.empty() &&
         spec.secondPath.find(':') == std::string_view::npos;
}

bool parse(std::string_view text, Spec& spec) {
  using Kind = Spec::Kind;
  if (takePrefix(text, "fd:")) {
    spec.kind = Kind::duplex;
    return isWholeNumber(text, spec.first);
  }
  if (takePrefix(text, "fds:")) {
    spec.kind = Kind::split;
    return takeNumber(text, spec.first) && takePrefix(text, ",") && isWholeNumber(text, spec.second);
  }
  if (takePrefix(text, "accept:")) {
    spec.kind = Kind::accept;
    return isWholeNumber(text, spec.first);
  }
  if (takePrefix(text, "accept-tcp:")) {
    spec.kind = Kind::acceptTcp;
    return isWholeNumber(text, spec.first);
  }
  if (takePrefix(text, "connect-tcp:")) {
    spec.kind = Kind::connectTcp;
    return isWholeNumber(text, spec.first) && spec.first >= 1 && spec.first <= 65535;
  }
  if (takePrefix(text, "connect-unix:stream:")) {
    spec.kind = Kind::connectUnixStream;
    spec.path = text;
    return !text.empty();
  }
  if (takePrefix(text, "connect-unix:seqpacket:")) {
    spec.kind = Kind::connectUnixSeqpacket;
    spec.path = text;
    return !text.empty();
  }
  spec.kind = Kind::fifo;
  return takePrefix(text, "fifo:") && parseFifo(text, spec);
}

Result<Endpoint> asEndpoint(Result<UniqueFd> opened) {
  if (!opened) return opened.failure();
  return Endpoint(std::move(*opened));
}

}  // namespace

Status checkEndpointSpec(const char* text) {
  Spec spec{};
  if (parse(text, spec)) return Nothing{};
  return Failure::ofSentence(
      "'%.80s' is not an endpoint spec: expected fd:N, fds:N,M, accept:N, accept-tcp:N, connect-unix:TYPE:PATH, "
      "connect-tcp:PORT or fifo:PATH:PATH:ORDER.",
      text);
}

Result<Endpoint> openEndpoint(const char* text, const Progress& progress) {
  Spec spec{};
  if (!parse(text, spec)) return checkEndpointSpec(text).failure();
  switch (spec.kind) {
    case Spec::Kind::duplex:
      return Endpoint(UniqueFd(spec.first));
    case Spec::Kind::split:
      return Endpoint(UniqueFd(spec.first), UniqueFd(spec.second));
    case Spec::Kind::accept:
      progress.enter(Phase::accepting);
      return asEndpoint(acceptOne(UniqueFd(spec.first)));
    case Spec::Kind::acceptTcp:
      progress.enter(Phase::accepting);
      return asEndpoint(acceptTcp(UniqueFd(spec.first)));
    case Spec::Kind::connectUnixStream:
      progress.enter(Phase::connecting);
      return asEndpoint(connectUnix(spec.path, SOCK_STREAM));
    case Spec::Kind::connectUnixSeqpacket:
      progress.enter(Phase::connecting);
      return asEndpoint(connectUnix(spec.path, SOCK_SEQPACKET));
    case Spec::Kind::connectTcp:
      progress.enter(Phase::connecting);
      return asEndpoint(connectTcp(static_cast<uint16_t>(spec.first)));
    case Spec::Kind::fifo:
      return openFifos(spec.path, spec.secondPath, spec.readFirst, progress);
  }
  return Failure::ofSentence("'%.80s' is not a known way to open an endpoint.", text);
}

}  // namespace ipcbench
