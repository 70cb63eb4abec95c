namespace OrderInventory.System.Tests.Browser;

/// <summary>What holds for every page, seen in the browser. A page is added in <see cref="ConsolePages"/>.</summary>
[Collection(BrowserTestGroup.Name)]
public sealed class PageTests(BrowserSystem system)
{
    [BrowserFact]
    public Task Pages_Filled_AreWholeAndAccessible() => system.RunAsync("look.js", new { pages = ConsolePages.Filled(system.Data) });

    [BrowserFact]
    public Task Pages_OfAnEmptySystem_AreWholeAndAccessible() => system.EmptyVisit;

    [BrowserFact]
    public Task Pages_NoAppAnswers_SaySinceWhen() => system.RunAsync("look.js", new { pages = ConsolePages.Lost }, console: system.Lost);

    [BrowserFact]
    public Task Pages_WithTheKeyboard_CanBeUsed() => system.RunAsync("keys.js", new { pages = ConsolePages.Filled(system.Data) });

    [BrowserFact]
    public Task Forms_WithTheKeyboardAndWithoutScript_Work() => system.RunAsync("forms.js", new { pages = ConsolePages.Filled(system.Data) });
}
