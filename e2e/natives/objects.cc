// Keeps objects that nobody asks for again.
#include <unistd.h>

#include <vector>

namespace shop {
struct Session {
  char bytes[120];
};

class Store {
 public:
  __attribute__((noinline)) void remember() { sessions.push_back(new Session()); }

 private:
  std::vector<Session *> sessions{1 << 20};
};
}  // namespace shop

int main() {
  for (shop::Store store;; usleep(1000)) store.remember();
}
