using System.Text.RegularExpressions;
using OrderInventory.ServiceDefaults.Http;

namespace OrderInventory.ServiceDefaults.Tests;

/// <summary>Which texts may be, and that the pattern in the documents says the same.</summary>
public sealed class PlainTextTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData(" a ", true)]
    [InlineData("a b", true)]
    [InlineData("\u200B", true)]
    [InlineData("\u180E", true)]
    [InlineData("\uD83D\uDE00", true)]
    [InlineData("", false)]
    [InlineData(" ", false)]
    [InlineData("   ", false)]
    [InlineData("\u00A0", false)]
    [InlineData("\u1680", false)]
    [InlineData("\u2000\u200A", false)]
    [InlineData("\u2028\u2029", false)]
    [InlineData("\u202F\u205F\u3000", false)]
    [InlineData("\uFEFF", false)]
    [InlineData(" \uFEFF ", false)]
    [InlineData("\t", false)]
    [InlineData("a\n", false)]
    [InlineData("\u0085", false)]
    [InlineData("a\u0085", false)]
    public void Mistake_AndThePattern_SayTheSame(string text, bool isPlain)
    {
        Assert.Equal(isPlain, PlainText.Mistake("field", text, 10) is null);
        // \s of .NET lacks the byte order mark, which that of JSON Schema has.
        Assert.Equal(isPlain, Regex.IsMatch(text, PlainText.Pattern.Replace(@"\s", @"\s\uFEFF", StringComparison.Ordinal).Replace("$", @"\z", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public void Mistake_Length_IsCountedInUnicodeCharacters(int characters, bool isPlain) =>
        Assert.Equal(isPlain, PlainText.Mistake("field", string.Concat(Enumerable.Repeat("\uD83D\uDE00", characters)), 10) is null);
}
