using OrderInventory.ServiceDefaults.State;

namespace OrderInventory.ServiceDefaults.Tests;

public sealed class StateKeyTests
{
    [Theory]
    [InlineData("a", "b", "k:a:b")]
    [InlineData("a:b", "c", "k:a%3Ab:c")]
    [InlineData("a", "b:c:deduct", "k:a:b:c:deduct")]
    [InlineData("a||b", "c||d", "k:a%7C%7Cb:c%7C%7Cd")]
    [InlineData("书", "%2F /", "k:%E4%B9%A6:%252F%20%2F")]
    public void Of_Parts_AreEncoded(string first, string last, string key) => Assert.Equal(key, StateKey.Of("k", first, last));

    [Fact]
    public void Of_DifferentParts_NeverShareAKey()
    {
        string[] parts = ["", "a", "a:", ":a", "a:b", "%3A", "%", "||", "|", "a%3Ab", "A", "é", "e\u0301"];
        var keys = parts.SelectMany(first => parts.Select(last => StateKey.Of("k", first, last))).ToArray();

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.All(keys, key => Assert.DoesNotContain("||", key));
    }

    [Fact]
    public void Of_TooLong_HasAHashForLongParts()
    {
        var (longPart, other) = (new string('é', 200), new string('é', 199) + 'e');

        Assert.InRange(StateKey.Of("k", longPart, longPart, "1").Length, 1, StateKey.MaxLength);
        Assert.Equal(StateKey.Of("k", longPart, "1"), StateKey.Of("k", longPart, "1"));
        Assert.Equal(4, new[] { StateKey.Of("k", longPart, "1"), StateKey.Of("k", other, "1"), StateKey.Of("k", longPart, "2"), StateKey.Of("k", "1", longPart) }.Distinct().Count());
    }
}
