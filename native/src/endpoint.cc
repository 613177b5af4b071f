#include "endpoint.h"

#include <cstring>
#include <string>
#include <string_view>

namespace ipcbench {
namespace {

/** Calls `use` with the opener that a spec names, and with its spec read. False where none reads it. */
template <class... Each, class Use>
bool withOpener(OpenerList<Each...>, std::string_view spec, const Use& use) {
  const auto reads = [&]<class Opener>(Opener opener) {
    std::string_view rest = spec;
    if (!takePrefix(rest, Opener::prefix) || !opener.parse(rest)) return false;
    use(opener);
    return true;
  };
  return (reads(Each{}) || ...);
}

/** "fd:N, fds:N,M or fifo:PATH" */
template <class... Each>
std::string formsOf(OpenerList<Each...>) {
  std::string all;
  size_t left = sizeof...(Each);
  const auto add = [&](std::string_view form) {
    --left;
    all.append(form).append(left > 1 ? ", " : left == 1 ? " or " : "");
  };
  (add(Each::form), ...);
  return all;
}

}  // namespace

Status checkEndpointSpec(const char* text) {
  if (withOpener(Openers{}, text, [](const auto&) {})) return Nothing{};
  return Failure::ofSentence("'%.80s' is not an endpoint spec: expected %s.", text, formsOf(Openers{}).c_str());
}

Result<Endpoint> openEndpoint(const char* text, const Progress& progress) {
  Result<Endpoint> opened = Failure{};
  const auto open = [&](const auto& opener) {
    auto end = opener.open(progress);
    opened = end ? Result<Endpoint>(Endpoint(Endpoint::End(std::move(*end)))) : Result<Endpoint>(end.failure());
  };
  if (withOpener(Openers{}, text, open)) return opened;
  return checkEndpointSpec(text).failure();
}

}  // namespace ipcbench
