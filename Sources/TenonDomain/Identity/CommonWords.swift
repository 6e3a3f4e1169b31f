/// The most common words in passwords, in lower case: alone or decorated they are refused.
enum CommonWords {
    static let all = Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))

    private static let text = """
        password passwort passwd passwords passwor passcode passphrase pass parola parol contrasena senha motdepasse
        wachtwoord kennwort haslo heslo salasana losenord jelszo sifre mypassword yourpassword thepassword newpassword
        oldpassword nopassword passme letmein letmeinnow letmeinplease openup opensesame sesame access accessgranted
        login logon signin welcome welcomeback hello hallo hola bonjour ciao guest user username admin adminadmin admins
        administrator sysadmin superadmin root rootroot toor superuser master manager default changeme changeit changethis
        change pleasechange temp temporary tempo test tests testing tester testtest testuser demo sample
        example secret secrets topsecret private secure security trustno trustme system server service support office
        computer internet network intranet website webmaster database oracle mysql postgres postgresql docker kubernetes
        jenkins github google gmail yahoo hotmail facebook twitter instagram linkedin myspace youtube netflix amazon apple
        iphone android samsung nokia huawei xiaomi motorola microsoft windows linux ubuntu debian redhat cisco intel dell
        lenovo toshiba siemens adobe photoshop tenon platform cloud devops production staging develop developer
        qwerty qwertz azerty asdf asdfgh zxcvbn zxcvb qazwsx wasd

        love lover lovely loveme loveyou iloveyou iloveu ilovehim iloveher ilovegod lovelove loverboy babygirl babyboy baby
        babe honey sweet sweetie sweetheart sugar darling angel angels princess prince queen king kingkong cutie pretty
        beautiful gorgeous sexy sexygirl sexyboy kiss kisses hugs heart hearts sunshine sunflower sunny rainbow moonlight
        starlight stardust forever always together friend friends friendship bestfriend family mother father mommy daddy
        sister brother mylove mybaby myangel onelove truelove amour amore teamo tequiero amorcito corazon
        ichliebedich schatz liebe freedom peace happy happiness smile smiley lucky luckyone blessed blessing faith grace
        hope jesus jesuschrist christ christian godisgood godislove heaven trinity savior lord church bible gospel buddha
        allah krishna bismillah destiny dream dreamer dreams fantasy magic magical miracle mystery whatever nothing
        something anything everything nobody somebody anyone

        monkey monkeys dragon dragons tiger tigers lion lions panther jaguar leopard cheetah eagle eagles falcon falcons
        hawk phoenix raven wolf wolves wolverine bear bears panda koala horse horses pony unicorn butterfly dolphin
        dolphins shark sharks whale turtle rabbit bunny hamster kitten kitty kittycat hellokitty puppy doggy doggie spider
        scorpion cobra viper python snake elephant chicken duck ducks pigeon penguin penguins beaver buffalo gorilla
        monster beast chipmunk squirrel hunter bandit buddy buster bailey bella biscuit boomer brandy bubbles bubba casper
        charlie chester chloe cookie cookies daisy dakota diamond diamonds fluffy garfield ginger gizmo hannah harley
        jackson jasmine jasper lucy maggie marley max maxwell midnight misty molly morgan mickey minnie muffin nala oliver
        oreo oscar patches peaches pepper peanut precious pumpkin rascal rocky rusty sammy samson sasha scooter scooby
        shadow simba smokey snoopy snowball sophie sparky spike spirit tigger tinkerbell toby tucker winston woody
        yankee ziggy zoey

        football baseball basketball soccer hockey softball volleyball tennis golfer golf cricket rugby wrestling boxing
        skater skating skateboard surfer surfing swimming fishing hunting racing nascar running player sports champion
        champions winner liverpool liverpoolfc arsenal chelsea manchester manutd manunited everton tottenham barcelona
        realmadrid madrid juventus milan inter bayern dortmund schalke galatasaray fenerbahce besiktas celtic rangers
        yankees redsox cubs mets dodgers giants lakers celtics bulls knicks steelers cowboys packers broncos raiders
        patriots redskins vikings chargers jordan michaeljordan kobe lebron ronaldo messi beckham zidane neymar
        schumacher ferrari porsche mercedes bmw audi toyota honda nissan mustang corvette camaro chevy chevrolet ford
        volvo volkswagen subaru mazda suzuki yamaha kawasaki ducati harleydavidson hummer jeep lamborghini bugatti
        maserati bentley tesla

        superman batman spiderman ironman wonderwoman hulk avengers marvel starwars startrek skywalker darthvader vader
        yoda obiwan jedi stargate matrix neo terminator rambo rocky godfather gandalf frodo hobbit legolas potter
        harrypotter hermione hogwarts voldemort gryffindor slytherin pokemon pikachu charizard naruto sasuke itachi goku
        vegeta dragonball bleach onepiece luffy sailormoon zelda mario luigi sonic minecraft fortnite roblox warcraft
        starcraft diablo halo callofduty counterstrike runescape worldofwarcraft leagueoflegends playstation nintendo
        xbox xboxlive gameboy gamer gaming games simpsons homer bart southpark cartman spongebob scoobydoo mickeymouse
        disney disneyland winniethepooh nemo shrek barbie cinderella einstein newton mozart beethoven metallica slipknot
        nirvana eminem tupac biggie blink greenday linkinpark ironmaiden megadeth pantera acdc queen beatles
        rollingstones pinkfloyd ledzeppelin guitar drummer music musica rockstar rockon rocknroll hiphop rapper dancer
        dance dancing singer bass bieber justinbieber onedirection britney madonna shakira rihanna beyonce

        michael jennifer jessica ashley amanda matthew joshua daniel andrew anthony nicholas nicole christopher christina
        alexander alexandra alexandre alexis elizabeth stephanie samantha victoria veronica patricia michelle melissa
        danielle rebecca kimberly katherine catherine jonathan benjamin william richard robert thomas charles george
        patrick brandon justin jordan tyler austin cameron dylan kevin brian steven stephen edward ronald donald gregory
        vincent gabriel sebastian leonardo fernando francisco alejandro eduardo ricardo roberto antonio carlos miguel
        manuel rafael santiago valentina isabella gabriela daniela andrea carolina natalia mariana lorena sabrina claudia
        monica barbara sandra susanne stefan thorsten andreas matthias sebastien nathalie isabelle vladimir dmitri nikita
        natasha tatiana svetlana anastasia katarina krystal crystal courtney lauren heather hannah taylor madison savannah
        brittany tiffany vanessa angela angelina angelica maria marie mariah joseph jacob ethan nathan jeremy joanna
        martin david peter steve chris alex john johnny jack jackie james jimmy bobby billy tommy eddie freddy freddie
        frank henry harry louis lewis simon scott aaron adam bruce keith kenneth phillip philip russell douglas dennis
        gerald jerry larry marcus mohamed mohammed muhammad ahmed mustafa fatima yusuf mehmet

        january february march april may june july august september october november december januar februar maerz april
        juni juli oktober dezember monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch
        donnerstag freitag samstag sonntag spring summer autumn winter fall sommer herbst fruehling summertime christmas
        xmas halloween easter birthday newyear holiday vacation weekend morning evening sunset sunrise

        black white green blue yellow orange purple pink silver golden gold redred blueblue blackwhite red brown violet
        scarlet crimson turquoise london paris berlin munich muenchen hamburg wien vienna zurich geneva rome roma milano
        madrid lisbon moscow moskva istanbul ankara athens newyork newyorkcity chicago boston dallas houston austin denver
        phoenix seattle miami orlando atlanta detroit california florida texas hawaii alaska canada toronto montreal
        vancouver mexico brasil brazil argentina colombia chile venezuela england scotland ireland wales france germany
        deutschland spain espana italy italia portugal holland nederland belgium sweden norway denmark finland poland polska
        russia ukraine turkey turkiye greece israel egypt africa nigeria kenya india pakistan bangladesh indonesia malaysia
        singapore philippines pilipinas thailand vietnam china beijing shanghai hongkong taiwan korea japan tokyo australia
        sydney melbourne america american usausa

        chocolate vanilla strawberry cherry banana apples orange lemon lemonade peach mango coconut pineapple watermelon
        blueberry cupcake candy lollipop popcorn pizza pasta cheese bacon burger hamburger hotdog sushi coffee espresso
        cappuccino cocacola pepsi drpepper mountaindew budweiser heineken corona guinness whiskey whisky vodka tequila
        jackdaniels marlboro camel newport cannabis marijuana weed stoner ganja

        thunder lightning storm hurricane tornado blizzard snowflake snowman fire firebird fireman firefly flame phoenix
        blaze blazer inferno volcano earthquake ocean river mountain forest desert island garden flower flowers rose roses
        lily tulip orchid violet lotus cactus planet galaxy cosmos universe jupiter saturn neptune mercury venus pluto
        apollo zeus hercules poseidon athena achilles spartan spartacus trojan gladiator warrior warriors knight knights
        samurai ninja pirate pirates viking ranger rangers soldier marine marines airborne military navy seal army
        sniper killer assassin predator punisher undertaker stonecold johncena badboy badgirl bitch bitches bastard
        asshole bollocks biteme blowme fuck fucker fuckyou fuckme fuckoff motherfucker shit shithead bullshit pussy dick
        dickhead cock penis vagina boobs boobies tits naked hardcore playboy hustler porn porno sexsex horny slut whore
        viagra
        money moneymaker cash cashmoney dollar dollars rich richie millionaire billion bitcoin ethereum crypto business
        success successful school schule student teacher college university harvard stanford science physics chemistry
        mathematics english history library student doctor nurse lawyer engineer driver pilot trucker builder plumber
        genius legend legends hero heroes superhero superstar maverick goose iceman topgun hotshot hotstuff hottie
        rebel rebels renegade outlaw gangster gangsta thug thuglife playa player hacker hackers hackme h4ck3r pwned
        cyber cyberpunk matrix phantom ghost vampire zombie witch wizard demon devil satan lucifer evil darkness
        dark darkside nightmare twilight eclipse destiny infinity eternity paradise utopia atlantis excalibur merlin
        camelot lancelot arthur avalon everlast element skyline swordfish teddybear bigdaddy bigboy bigdog bigbird bighead
        fatboy slimshady crazy loser stupid idiot dumbass jackass retard geek nerd dork blabla blahblah abcdef abcabc
        """
}
