#pragma once
#include <type_traits>
#include <variant>

#include "channel.h"
#include "os/shared_mapping.h"
#include "result.h"
#include "transports/table.h"

namespace ipcbench {

/** std::variant of the different types among these. */
template <class Variant, class... Rest>
struct VariantOfDifferent {
  using type = Variant;
};
template <class... Known, class Next, class... Rest>
struct VariantOfDifferent<std::variant<Known...>, Next, Rest...> {
  static constexpr bool isKnown = (std::is_same_v<Known, Next> || ...);
  using Grown = std::conditional_t<isKnown, std::variant<Known...>, std::variant<Known..., Next>>;
  using type = typename VariantOfDifferent<Grown, Rest...>::type;
};
template <class List>
struct EndsOf;
template <class... Each>
struct EndsOf<OpenerList<Each...>> {
  using type = typename VariantOfDifferent<std::variant<DescriptorEnd>, typename Each::End...>::type;
};

/** One end of the measured channel, as its transport opened it. */
class Endpoint {
 public:
  using End = EndsOf<Openers>::type;
  explicit Endpoint(End end) : end_(std::move(end)) {}
  explicit Endpoint(UniqueFd duplex) : end_(DescriptorEnd(std::move(duplex))) {}

  End& end() { return end_; }

 private:
  End end_;
};

/**
 * Hands the channel of an endpoint to `use`, which is compiled once for each kind of channel: inside it is no branch on
 * the kind. What `use` gives must be able to hold a Failure.
 */
template <class Use>
auto withChannel(Endpoint& endpoint, Framing framing, Use&& use) {
  using Given = std::invoke_result_t<Use&, StreamChannel&>;
  return std::visit(
      [&]<class End>(End& end) -> Given {
        if constexpr (std::is_same_v<End, DescriptorEnd>) {
          if (framing == Framing::message) {
            MessageChannel channel(end);
            return use(channel);
          }
          StreamChannel channel(end);
          return use(channel);
        } else {
          static_assert(IsChannel<End>);
          if (framing == End::framing) return use(end);
          return Failure::ofSentence("This transport frames the other way: --framing %s is not what it does.",
                                     framing == Framing::message ? "message" : "stream");
        }
      },
      endpoint.end());
}

/** Opens what an EndpointSpec names (grammar: native/README.md). `progress` is told what each step sleeps in. */
Result<Endpoint> openEndpoint(const char* spec, const Progress& progress);

/** False, with a sentence, when the text is no endpoint spec: known before anything is opened. */
Status checkEndpointSpec(const char* spec);

}  // namespace ipcbench
