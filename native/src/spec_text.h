#pragma once
#include <string_view>

// What the specs of endpoints are read with.
namespace ipcbench {

inline bool takePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

inline bool takeNumber(std::string_view& text, int& number) {
  size_t digits = 0;
  number = 0;
  while (digits < text.size() && digits < 7 && text[digits] >= '0' && text[digits] <= '9')
    number = number * 10 + (text[digits++] - '0');
  text.remove_prefix(digits);
  return digits > 0;
}

inline bool isWholeNumber(std::string_view text, int& number) { return takeNumber(text, number) && text.empty(); }

}  // namespace ipcbench
